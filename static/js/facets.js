// Keeps the filters open on a wide screen, where they stand beside the results, in browsers that need telling.

const filters = document.querySelector(".filters");
const wide = matchMedia("(width >= 60rem)");

const follow = () => {
  if (wide.matches) filters.open = true;
};

if (filters) {
  follow();
  wide.addEventListener("change", follow);
}
