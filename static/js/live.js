// Updates the list in place when a choice changes: the same form, the same full pages, asked for with fetch and compared
// with the page at hand. Whatever fails here, the browser goes to the address, as it does without JavaScript.

const form = document.getElementById("filters");
const search = document.getElementById("search");
const status = document.getElementById("status");
const pages = new Map(); // address → HTML, for Back and Forward to be immediate
const places = new Map(); // history key → where the page was scrolled to
const SLOW = 200, TYPING = 350, KEPT = 30;
let asking = new AbortController();
let typing = 0, wasTyping = false, key = history.state?.key ?? 0, last = key;
let pressed = Promise.resolve(); // kept while a button of the mouse, or a finger, is down on the list
let shown = new URLSearchParams(location.search); // what the list at hand answers, while the form may be ahead of it

// Makes a node like another, keeping what is alike: focus, open groups and boxes survive.
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh.cloneNode(true));
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && !(name === "open" || name === "hidden")) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (old.getAttribute(name) !== value && name !== "hidden") old.setAttribute(name, value);
  if (old.type === "checkbox") old.checked = fresh.defaultChecked;
  const had = [...old.childNodes], get = [...fresh.childNodes];
  had.slice(get.length).forEach((node) => node.remove());
  get.forEach((node, place) => (had[place] ? morph(had[place], node) : old.append(node.cloneNode(true))));
}

function show(html, url) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const parts = [...document.querySelectorAll("[data-live]")];
  const others = parts.map((part) => fresh.getElementById(part.id));
  if (others.includes(null)) throw new Error("another page");
  parts.forEach((part, place) => morph(part, others[place]));
  document.title = fresh.title;
  shown = new URL(url).searchParams;
  if (search && document.activeElement !== search) search.value = fresh.getElementById("search").value;
  dispatchEvent(new CustomEvent("listing:change"));
}

async function fetched(url, remembered) {
  asking.abort();
  asking = new AbortController();
  if (remembered && pages.has(url)) return pages.get(url);
  const answer = await fetch(url, { signal: asking.signal, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  const html = await answer.text();
  if (pages.size >= KEPT) pages.delete(pages.keys().next().value);
  pages.set(url, html);
  return html;
}

async function go(url, { history: how = "push", top = false, place } = {}) {
  const results = document.getElementById("results");
  if (how !== "none" && url !== location.href) {
    if (how === "push") key = last += 1;
    history[`${how}State`]({ key }, "", url);
  }
  const slow = setTimeout(() => results.setAttribute("aria-busy", "true"), SLOW);
  try {
    const html = await fetched(url, how === "none");
    // A click begins when the button goes down: replaced before it goes up, the link would not be the one clicked.
    await pressed;
    if (url !== location.href) return;
    show(html, url);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
    return;
  } finally {
    clearTimeout(slow);
    results.removeAttribute("aria-busy");
  }
  const heading = document.querySelector("h1");
  if (top || document.activeElement === document.body) heading.focus({ preventScroll: true });
  if (top) heading.scrollIntoView();
  if (place !== undefined) scrollTo(0, place);
  const empty = document.querySelector(".empty h2");
  status.textContent = "";
  setTimeout(() => (status.textContent = [heading, empty].map((one) => one?.textContent).filter(Boolean).join(". ")), 50);
}

const boxes = () => [...form.querySelectorAll("input[type=checkbox]")];
const wanted = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => value));

function chosen(page) {
  const query = wanted();
  if (page) query.set("page", page);
  return `${form.action}?${query}`.replace(/\?$/, "");
}

// Puts a choice into the form at once, before the list comes: the form always holds what the visitor wants.
function fill(choice) {
  for (const box of boxes()) if ((box.checked = choice.getAll(box.name).includes(box.value))) box.disabled = false;
  if (search) search.value = choice.get(search.name) ?? "";
  const name = form.dataset.sort;
  form.elements[name]?.remove();
  if (!choice.get(name)) return;
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value: choice.get(name) }));
}

// A query without its order and its page: which practices it finds, and so how many pages they fill.
function found(query) {
  const rest = new URLSearchParams(query);
  for (const name of [form.dataset.sort, "page"]) rest.delete(name);
  rest.sort();
  return `${rest}`;
}

// What a link of the list changes, done to what is wanted by now. A page is one of the list at hand, or of the same
// practices in another order, whose list is still on its way; other practices may not have as many pages.
function follow(link, asked) {
  const several = new Set(boxes().map((box) => box.name)), choice = wanted();
  const lacks = (query, [name, value]) => !query.getAll(name).includes(value);
  if (link.matches(".chip--clear")) several.forEach((name) => choice.delete(name));
  for (const pair of shown) if (lacks(asked, pair)) keep(choice, (one) => one[0] !== pair[0] || one[1] !== pair[1]);
  for (const pair of asked) if (lacks(shown, pair)) several.has(pair[0]) ? choice.append(...pair) : choice.set(...pair);
  choice.delete("page");
  fill(choice);
  return chosen(found(wanted()) === found(asked) && asked.get("page"));
}

function keep(query, wish) {
  const kept = [...query].filter(wish);
  [...new Set(query.keys())].forEach((name) => query.delete(name));
  kept.forEach((pair) => query.append(...pair));
}

if (form && status) {
  form.addEventListener("change", (event) => event.target.name && event.target !== search && go(chosen()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    wasTyping = false;
    go(chosen());
  });
  search?.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      go(chosen(), { history: wasTyping ? "replace" : "push" });
      wasTyping = true;
    }, TYPING);
  });
  search?.addEventListener("blur", () => (wasTyping = false));

  addEventListener("pointerdown", ({ target }) => {
    if (!target.closest?.("[data-live]")) return;
    pressed = new Promise((release) => {
      // The click comes after the button is up.
      for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(release), { once: true });
    });
  });

  // The links of the list to the list: chips, orders, pages.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-live] a[href]");
    const plain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain || event.defaultPrevented) return;
    const url = new URL(link.getAttribute("href"), location.href); // a link of the map has no other address
    if (url.origin + url.pathname !== form.action) return;
    event.preventDefault();
    const whole = link.matches(".button") || !link.closest("#results");
    if (whole) fill(url.searchParams);
    go(whole ? url.href : follow(link, url.searchParams), { top: Boolean(link.closest(".pagination")) });
  });

  addEventListener("scroll", () => places.set(key, scrollY), { passive: true });
  addEventListener("popstate", ({ state }) => {
    if (location.hash) return;
    const place = places.get(state?.key ?? 0) ?? 0;
    key = state?.key ?? 0;
    document.activeElement?.blur();
    clearTimeout(typing);
    fill(new URLSearchParams(location.search));
    go(location.href, { history: "none", place });
  });
  const now = location.href.split("#")[0];
  pages.set(now, document.documentElement.outerHTML);
}
