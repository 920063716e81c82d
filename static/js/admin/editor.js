// The rich-text editor: a toolbar of the site's own over the editor that django-prose-editor brings.
// Without this script the text area remains, and a blank line starts a paragraph.

const areas = [...document.querySelectorAll("textarea[data-editor]")].filter((one) => !one.id.includes("__prefix__"));

async function start(area, kit) {
  const words = (key) => area.dataset[`word${key[0].toUpperCase()}${key.slice(1)}`];
  const level = Number(area.dataset.heading);

  // What the vocabulary has beyond the editor's own: it must come through unharmed, though no button makes it.
  const kept = {
    Abbr: kit.Mark.create({
      name: "abbr",
      addAttributes: () => ({ title: { default: null } }),
      parseHTML: () => [{ tag: "abbr" }],
      renderHTML: ({ HTMLAttributes }) => ["abbr", HTMLAttributes, 0],
    }),
    Cite: kit.Mark.create({ name: "cite", parseHTML: () => [{ tag: "cite" }], renderHTML: () => ["cite", 0] }),
    Languages: kit.Extension.create({
      name: "languages",
      addGlobalAttributes: () => [
        { types: ["paragraph", "heading", "blockquote", "listItem", "bulletList", "orderedList", "bold", "italic", "link", "abbr", "cite"], attributes: { lang: { default: null } } },
        { types: ["link"], attributes: { hreflang: { default: null } } },
      ],
    }),
    // The editor would add a style element to the page, which the content security policy refuses; css/editor.css has it.
    NoStyle: kit.Extension.create({ name: "noStyle", onBeforeCreate: ({ editor }) => { editor.options.injectCSS = false; } }),
  };
  const label = document.querySelector(`label[for="${area.id}"]`);
  // A text that nobody has marked up yet is cut into paragraphs as the server would cut it.
  if (area.value && !/<(p|ul|ol|h2|h3|h4|blockquote)\b/i.test(area.value)) {
    area.value = area.value.split(/\n{2,}/).map((one) => `<p>${one.replaceAll("\n", "<br>")}</p>`).join("");
  }
  const editor = kit.createTextareaEditor(area, [
    kept.NoStyle, kit.Document, kit.Paragraph, kit.Text, kit.HardBreak, kit.Heading.configure({ levels: [2, 3, 4] }), kit.Bold, kit.Italic,
    kit.BulletList, kit.OrderedList.configure({ enableListAttributes: false }), kit.ListItem, kit.Blockquote, kit.History, kit.SpecialCharacters, kept.Abbr, kept.Cite, kept.Languages,
    kit.Link.configure({ enableTarget: false, protocols: ["http", "https", "mailto", "tel"] }),
  ]);
  editor.setOptions({
    editorProps: { attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label?.textContent.replace(/\s*:\s*$/, "").trim() ?? area.name } },
  });

  async function link() {
    const here = editor.getAttributes("link").href ?? "";
    const ask = kit.updateAttrsDialog({ href: { type: "string", title: words("address") } }, { title: words("link"), submitText: words("apply") });
    const answer = await ask(editor, { href: here });
    if (!answer) return;
    const href = answer.href.trim(), chain = editor.chain().focus().extendMarkRange("link");
    if (!href) chain.unsetLink().run();
    else if (editor.state.selection.empty && !here) chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
    else chain.setLink({ href }).run();
  }

  const tools = [
    ["bold", "bold", (chain) => chain.toggleBold()],
    ["italic", "italic", (chain) => chain.toggleItalic()],
    ["heading", ["heading", { level }], (chain) => chain.toggleHeading({ level })],
    ["subheading", ["heading", { level: level + 1 }], (chain) => chain.toggleHeading({ level: level + 1 })],
    ["bullets", "bulletList", (chain) => chain.toggleBulletList()],
    ["numbers", "orderedList", (chain) => chain.toggleOrderedList()],
    ["quote", "blockquote", (chain) => chain.toggleBlockquote()],
    ["link", "link", null],
    ["undo", null, (chain) => chain.undo()],
    ["redo", null, (chain) => chain.redo()],
  ];
  const bar = document.createElement("div");
  bar.className = "tools";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words("toolbar"));
  const buttons = tools.map(([key, active, act]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words(key), className: `tools__${key}` });
    // The text keeps its selection while a button is pressed.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => (act ? act(editor.chain().focus()).run() : link()));
    button.tabIndex = -1;
    bar.append(button);
    return [button, active];
  });
  buttons[0][0].tabIndex = 0;
  // One stop of the Tab key for the whole bar, arrows inside it, as the ARIA pattern of a toolbar asks.
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = buttons.map(([button]) => button);
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    for (const one of all) one.tabIndex = one === next ? 0 : -1;
    next.focus();
    event.preventDefault();
  });
  const show = () => {
    for (const [button, active] of buttons) {
      if (active) button.setAttribute("aria-pressed", Array.isArray(active) ? editor.isActive(...active) : editor.isActive(active));
    }
  };
  editor.on("transaction", show);
  show();
  area.closest(".prose-editor").prepend(bar);
  label?.addEventListener("click", () => editor.commands.focus());
}

if (areas.length) {
  const kit = await import(areas[0].dataset.editor);
  for (const area of areas) start(area, kit);
}
