/* What the pages do a little better with a script. Everything works without it. */

const language = document.documentElement.lang || undefined;
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/* Figures: the page may come from a cache, the count is fresh. It ticks once when it changes. */

function show(element, count) {
    if (element.textContent.replace(/\D/g, "") === String(count)) return;
    element.textContent = new Intl.NumberFormat(language).format(count);
    element.dataset.ticked = "";
    element.addEventListener("animationend", () => delete element.dataset.ticked, { once: true });
}

async function refreshCounts() {
    const references = new Set(all("[data-count]").map((element) => element.dataset.count));
    for (const reference of references) {
        try {
            const answer = await fetch(`/petitions/${encodeURIComponent(reference)}/count/`);
            if (!answer.ok) continue;
            const { count } = await answer.json();
            all(`[data-count="${CSS.escape(reference)}"]`).forEach((element) => show(element, count));
        } catch {
            // Offline, or the page is being left: the figure that is there stays.
        }
    }
}

refreshCounts();
// Signatures are counted every ten seconds: whoever has just signed sees it happen.
if (document.querySelector("[data-stamped]")) setTimeout(refreshCounts, 12_000);

/* Copying an address or a letter, as plain text with its lines. */

for (const button of all("[data-copy]")) {
    const source = button.closest("[data-copy-scope]")?.querySelector("[data-copy-text]");
    if (!source || !navigator.clipboard) continue;
    const label = button.querySelector("[data-copy-label]");
    const words = label.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(source.innerText.trim());
        } catch {
            // Not allowed: the text is selected, for the reader's own copy command.
            getSelection().selectAllChildren(source);
            return;
        }
        label.textContent = button.dataset.done;
        setTimeout(() => (label.textContent = words), 2500);
    });
}

/* Printing one letter, and nothing around it. */

for (const button of all("[data-print]")) {
    const sheet = button.closest("[data-copy-scope]")?.querySelector("[data-print-sheet]");
    if (!sheet) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
        document.documentElement.dataset.printing = "";
        sheet.dataset.printed = "";
        print();
    });
}
addEventListener("afterprint", () => {
    delete document.documentElement.dataset.printing;
    all("[data-printed]").forEach((sheet) => delete sheet.dataset.printed);
});

/* Signing up: what a formula needs appears when it is ticked, and is not sent when it is not. */

for (const form of all("form[data-form=sign-up]")) {
    const place = form.querySelector("[data-needed]");
    const boxes = all("input[data-needs]", form);
    if (!boxes.length) continue;
    const parts = [
        ...all("[data-need]", place),
        ...all("template", place).map((spare) => spare.content.querySelector("[data-need]")),
    ];
    const show = () => {
        const needs = new Set(
            boxes.filter((box) => box.checked).flatMap((box) => box.dataset.needs.split(" ")),
        );
        for (const part of parts) {
            // Taken out rather than hidden: what was typed stays in it, should it come back.
            if (needs.has(part.dataset.need) && !needs.has(part.dataset.unless)) place.append(part);
            else part.remove();
        }
    };
    for (const box of boxes) box.addEventListener("change", show);
    // A page that comes back out of the history has its ticks again.
    addEventListener("pageshow", show);
}

/* One press is enough. A page that comes back out of the history can be pressed again. */

for (const form of all("form[data-form]")) {
    form.addEventListener("submit", (event) => {
        if (form.dataset.sent !== undefined) return event.preventDefault();
        form.dataset.sent = "";
        // After the browser has taken the form's values, the button's own included.
        setTimeout(() => all("button[type=submit]", form).forEach((button) => (button.disabled = true)));
    });
}
addEventListener("pageshow", () => {
    for (const form of all("form[data-sent]")) {
        delete form.dataset.sent;
        all("button[type=submit]", form).forEach((button) => (button.disabled = false));
    }
});

/* The act: its height, so that a tall form stays with its button in view; and on a phone the bar
   that leads to it, only while it is out of sight. */

const act = document.getElementById("act");
if (act && "ResizeObserver" in window) {
    new ResizeObserver(() => {
        act.style.setProperty("--act-height", `${act.offsetHeight}px`);
        act.dataset.measured = "";
    }).observe(act);
}
const bar = document.querySelector("[data-act-bar]");
if (act && bar && "IntersectionObserver" in window) {
    new IntersectionObserver(([entry]) => {
        bar.classList.toggle("act-bar--away", entry.isIntersecting);
    }).observe(act);
}
