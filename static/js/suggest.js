// Suggests terms, organisations and titles under the search box while one types: an editable combobox with a list box
// (ARIA Authoring Practices). The form works without it, and Enter searches as long as no suggestion is chosen.

const PATIENCE = 150;
const SHORTEST = 2;

const box = document.querySelector("[data-suggestions]");

if (box) {
  const list = Object.assign(document.createElement("ul"), { id: "suggestions", className: "suggestions", hidden: true });
  const status = Object.assign(document.createElement("span"), { className: "visually-hidden" });
  let asked = "";
  let timer;
  let request;
  let active = -1;

  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.label);
  status.setAttribute("role", "status");
  box.after(list, status);
  box.autocomplete = "off";
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) box.setAttribute(name, value);

  const close = () => {
    list.hidden = true;
    active = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  const forget = () => {
    clearTimeout(timer);
    request?.abort();
    close();
  };

  const choose = (index) => {
    active = index;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", number === index));
    if (index < 0) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index].scrollIntoView({ block: "nearest" });
  };

  const line = ({ group, label, url, lang }, number) => {
    const option = Object.assign(document.createElement("li"), { id: `suggestion-${number}`, className: "suggestions__one" });
    const name = Object.assign(document.createElement("span"), { textContent: label, dir: "auto" });
    if (lang) name.lang = lang;
    const sort = Object.assign(document.createElement("span"), { textContent: group, className: "suggestions__group" });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.url = url;
    option.append(name, " ", sort);
    return option;
  };

  const show = ({ suggestions, status: sentence }) => {
    list.replaceChildren(...suggestions.map(line));
    choose(-1);
    status.textContent = sentence;
    list.hidden = suggestions.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
  };

  const ask = async () => {
    request = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.suggestions}?q=${encodeURIComponent(asked)}`, { signal: request.signal });
      if (answer.ok) show(await answer.json());
    } catch {
      close();
    }
  };

  box.addEventListener("input", ({ isComposing }) => {
    if (isComposing) return;
    forget();
    asked = box.value.trim();
    if (asked.length < SHORTEST) status.textContent = "";
    else timer = setTimeout(ask, PATIENCE);
  });

  box.addEventListener("keydown", (event) => {
    const { key, isComposing } = event;
    const last = list.children.length - 1;
    if (isComposing) return;
    if (key === "ArrowDown" && list.hidden && last >= 0 && box.value.trim() === asked) {
      list.hidden = false;
      box.setAttribute("aria-expanded", "true");
    } else if (list.hidden) {
      return;
    } else if (key === "ArrowDown") {
      choose(active < last ? active + 1 : -1);
    } else if (key === "ArrowUp") {
      choose(active < 0 ? last : active - 1);
    } else if (key === "Escape") {
      close();
    } else if (key === "Enter" && active >= 0) {
      location.assign(list.children[active].dataset.url);
    } else {
      return;
    }
    event.preventDefault();
  });

  // Before the box loses the focus, which closes the list.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const { url } = target.closest("[data-url]")?.dataset ?? {};
    if (url) location.assign(url);
  });
  box.addEventListener("blur", forget);
  addEventListener("pagehide", forget);
}
