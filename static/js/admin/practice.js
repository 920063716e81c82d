// What helps one write a practice: a warning when the title has been used.

const title = document.querySelector("[data-duplicates]");
if (title) {
  const told = document.createElement("div");
  told.className = "duplicates";
  told.setAttribute("role", "status");
  title.closest(".form-row").append(told);
  let timer, asked;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const address = new URL(title.dataset.duplicates, location);
    address.searchParams.set("titre", title.value);
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { sentence, practices } = await answer.json();
      told.replaceChildren();
      if (!practices.length) return;
      const list = document.createElement("ul");
      for (const one of practices) {
        const link = Object.assign(document.createElement("a"), { href: one.url, textContent: one.title, target: "_blank" });
        const item = document.createElement("li");
        item.append(link, ` (${one.status})`);
        list.append(item);
      }
      told.append(sentence, list);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };
  title.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
  if (title.value) ask();
}
