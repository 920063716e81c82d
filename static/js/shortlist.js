// The page of the selection: it shows what its address says, and follows this browser's own selection while the two
// agree. keep.js, which runs before, says what is kept; where it could not, the page stays as the server made it.

const { stored, store, addressOf, NAME, MOST } = document.getElementById("kept").selection ?? {};
const slugsOf = (url) => new URL(url, location.href).searchParams.getAll("p");
const same = (some, others) => some.join() === others.join();
const page = () => document.getElementById("selection");
const shown = () => page().dataset.slugs.split(" ").filter(Boolean);
const mine = () => history.state?.mine === true;
let asked = 0;

async function show(url, focus) {
  const place = (asked += 1);
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (place !== asked) return;
    history.replaceState({ mine: true }, "", url);
    document.title = fresh.title;
    for (const id of ["site-nav", "selection"]) document.getElementById(id).replaceWith(fresh.getElementById(id));
  } catch {
    return location.replace(url);
  }
  settle();
  focus?.();
}

// While the page is the visitor's own, the storage decides; else it is one that somebody shared, and only says so.
function settle() {
  const slugs = stored(), address = slugsOf(location.href);
  if (mine() || same(slugs, address) || !address.length) {
    if (!same(slugs, address)) return show(addressOf(slugs));
    const withdrawn = !same(shown(), address);
    history.replaceState({ mine: true }, "", withdrawn ? addressOf(shown()) : location.href);
    if (withdrawn) store(shown());
  } else {
    page().querySelector(".selection__shared").hidden = false;
    page().querySelector("[data-mine]").href = addressOf(slugs);
    page().querySelector("[data-mine]").hidden = !slugs.length;
  }
  dispatchEvent(new CustomEvent("selection:change"));
}

function change(target) {
  const item = target.closest(".kept-list__item"), next = item?.nextElementSibling ?? item?.previousElementSibling;
  const find = (id, ...kinds) => kinds.map((kind) => document.querySelector(`#${CSS.escape(id)} [data-change="${kind}"]`));
  const kind = target.dataset.change;
  store(slugsOf(target.href));
  show(target.href, () => {
    const id = kind === "without" ? next?.id : item.id;
    const [wanted] = id ? find(id, kind, kind === "earlier" ? "later" : "earlier").filter(Boolean) : [];
    (wanted ?? page().querySelector("h1")).focus();
  });
}

function clicked(event) {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const target = event.target.closest("[data-change], [data-adopt]");
  if (target?.matches("[data-adopt]")) {
    const slugs = [...new Set([...stored(), ...shown()])].slice(0, MOST);
    store(slugs);
    show(addressOf(slugs), () => page().querySelector("h1").focus());
  } else if (target && mine()) {
    event.preventDefault();
    change(target);
  }
}

if (stored) {
  document.addEventListener("click", clicked);
  addEventListener("storage", ({ key }) => (key === NAME || key === null) && settle());
  addEventListener("pageshow", ({ persisted }) => persisted && settle());
  settle();
}
