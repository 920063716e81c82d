// An import that goes on by itself, and a button that is pressed once; without this script, buttons do both.

const form = document.querySelector("[data-advance]");
if (form) {
  const bar = form.querySelector("progress");
  const told = form.querySelector("[data-said]");
  form.querySelector("button").hidden = true;
  const advance = async () => {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(answer.status);
    const { share, done } = await answer.json();
    bar.value = Math.round(share * bar.max);
    told.textContent = told.dataset.said.replace("{n}", bar.value).replace("{rows}", bar.max);
    if (done) location.reload();
    else await advance();
  };
  advance().catch(() => {
    form.querySelector("button").hidden = false;
  });
}

// A writing whose page arrives as it goes on ends with a link to what was written.
const arrived = document.querySelector("[data-arrived]");
if (arrived) location.replace(arrived.href);

for (const once of document.querySelectorAll("[data-once]")) {
  once.addEventListener("submit", () => {
    const button = once.querySelector("button");
    button.setAttribute("aria-disabled", "true");
    button.textContent = once.dataset.once;
  });
}
