// Keeps the filters open on a wide screen, where they stand beside the results, in browsers that need telling,
// an empty search out of the address, and the boxes as the address says on a page that the browser had kept.

const filters = document.querySelector(".filters");
const wide = matchMedia("(width >= 60rem)");

const follow = () => {
  if (wide.matches) filters.open = true;
};

if (filters) {
  follow();
  wide.addEventListener("change", follow);
}

document.getElementById("filters")?.addEventListener("formdata", ({ formData }) => {
  if (!formData.get("q")) formData.delete("q");
});

addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.getElementById("filters")?.reset();
});
