// The width of a preview: that of the window, or of a telephone.

const frame = document.querySelector(".preview__frame");
for (const choice of document.querySelectorAll("[name=width]")) {
  choice.addEventListener("change", () => frame.classList.toggle("preview__frame--phone", choice.value === "phone"));
}
document.querySelector(".preview__share input")?.addEventListener("focus", (event) => event.target.select());
