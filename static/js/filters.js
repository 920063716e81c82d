// The filters: open beside the list on a wide screen, in browsers that need telling; in a tray that closes over it on a
// phone; in a long facet, a box that narrows its options; an empty search is left out of the address, and the boxes are
// as the address says on a page that the browser had kept.

const wide = matchMedia("(width >= 60rem)");
const section = document.querySelector(".filters");
const opener = section?.querySelector(".filters__open");
const form = section?.querySelector("form");

const follow = () => {
  if (wide.matches) section.open = true;
};

if (form) {
  follow();
  wide.addEventListener("change", follow);
  form.addEventListener("formdata", ({ formData }) => {
    if (!formData.get("q")) formData.delete("q");
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) form.reset();
  });
}

if (form && window.HTMLDialogElement) {
  const tray = document.createElement("dialog");
  tray.className = "tray";
  tray.setAttribute("aria-labelledby", "filters-title");
  section.after(tray);
  const close = () => tray.open && tray.close();

  opener.addEventListener("click", (event) => {
    if (wide.matches) return;
    event.preventDefault();
    tray.append(form);
    form.querySelectorAll(".filters__close, .filters__see").forEach((one) => (one.hidden = false));
    tray.showModal();
  });
  tray.addEventListener("close", () => {
    section.append(form);
    form.querySelectorAll(".filters__close, .filters__see").forEach((one) => (one.hidden = true));
    opener.focus();
  });
  tray.addEventListener("click", (event) => event.target === tray && close());
  form.querySelector(".filters__close").addEventListener("click", close);
  form.addEventListener("submit", close);
  wide.addEventListener("change", close);
}

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’]/g, "'").toLowerCase().trim();

function narrow(find) {
  const facet = find.closest(".facet");
  const more = facet.querySelector(".facet__more");
  const wanted = folded(find.value);
  const options = [...facet.querySelectorAll(".option")];
  for (const option of options)
    option.hidden = wanted !== "" && !folded(option.querySelector(".option__name").textContent).includes(wanted);
  if (more && wanted) more.open = true;
  if (more) more.firstElementChild.hidden = wanted !== "";
  return options.filter((option) => !option.hidden);
}

for (const find of document.querySelectorAll(".facet__find input")) {
  find.closest(".facet__find").hidden = false;
  find.addEventListener("input", (event) => {
    event.stopPropagation();
    const found = narrow(find);
    find.nextElementSibling.textContent = find.value ? String(found.length) : "";
  });
  find.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && find.value) {
      event.preventDefault();
      find.value = "";
      narrow(find);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const [only, ...others] = narrow(find).map((one) => one.querySelector("input")).filter((one) => !one.disabled);
      if (only && !others.length) only.click();
    }
  });
}
addEventListener("listing:change", () => {
  for (const find of document.querySelectorAll(".facet__find input")) if (find.value) narrow(find);
});
