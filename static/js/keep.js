// Keeps practices for later ("Ma sélection") in this browser's own storage, which nobody else reads: the bookmarks, and
// the way to the selection with its counter. What its page does with them is in shortlist.js.

const link = document.getElementById("kept");
const NAME = "selection", MOST = Number(link.dataset.most), PATH = link.pathname;
const said = Object.assign(document.createElement("p"), { className: "kept-said" });
said.setAttribute("role", "status");

function stored() {
  const slugs = (localStorage.getItem(NAME) ?? "").split(" ").filter((slug) => /^[\w-]+$/.test(slug));
  return [...new Set(slugs)].slice(0, MOST);
}

function store(slugs) {
  slugs.length ? localStorage.setItem(NAME, slugs.join(" ")) : localStorage.removeItem(NAME);
  paint();
}

const addressOf = (slugs) => PATH + (slugs.length ? `?${new URLSearchParams(slugs.map((slug) => ["p", slug]))}` : "");

// The buttons and the counter

function slugIn(place) {
  return place.dataset.keep ?? place.querySelector(".card__title a").pathname.split("/").at(-2);
}

function button(place) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "keep" });
  made.append(link.querySelector("svg").cloneNode(true));
  if (place.dataset.keep) made.append(link.dataset.labelHere);
  else made.setAttribute("aria-label", link.dataset.label.replace("{title}", place.querySelector(".card__title").textContent));
  (place.querySelector(".card__head") ?? place).append(made);
  return made;
}

function paint() {
  const slugs = stored(), count = link.querySelector(".kept__count");
  for (const place of document.querySelectorAll(".card, [data-keep]"))
    (place.querySelector(".keep") ?? button(place)).setAttribute("aria-pressed", slugs.includes(slugIn(place)));
  count.hidden = !slugs.length;
  count.textContent = slugs.length;
  link.href = addressOf(slugs);
}

function toggle(slug) {
  const slugs = stored();
  const full = !slugs.includes(slug) && slugs.length >= MOST;
  said.textContent = full ? link.dataset.full : "";
  if (!full) store(slugs.includes(slug) ? slugs.filter((one) => one !== slug) : [...slugs, slug]);
}

function start() {
  stored(); // throws where the browser refuses storage: then there is no button, and addresses still work
  document.body.append(said);
  document.addEventListener("click", ({ target }) => {
    const kept = target.closest(".keep");
    if (kept) toggle(slugIn(kept.closest(".card, [data-keep]")));
  });
  addEventListener("storage", ({ key }) => (key === NAME || key === null) && paint());
  addEventListener("pageshow", ({ persisted }) => persisted && paint());
  addEventListener("listing:change", paint);
  paint();
  link.selection = { stored, store, addressOf, NAME, MOST };
}

try {
  start();
} catch {
  link.hidden = true;
}
