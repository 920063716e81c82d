// How many characters are left of the advised length of a field, said beside it; advice only, nothing is refused.

for (const field of document.querySelectorAll("[data-advised]")) {
  const advised = Number(field.dataset.advised);
  const told = document.createElement("output");
  told.className = "advice";
  told.htmlFor = field.id;
  field.after(told);
  const say = () => {
    const left = advised - [...field.value].length;
    const words = Math.abs(left) > 1 ? "many" : "one";
    told.textContent = field.dataset[left < 0 ? `over${words}` : `left${words}`].replace("{n}", Math.abs(left));
    told.classList.toggle("advice--over", left < 0);
  };
  field.addEventListener("input", say);
  say();
}
