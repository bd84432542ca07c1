/* What the pages do a little better with a script. Everything works without it. */

const language = document.documentElement.lang || undefined;
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/* Figures: the page may come from a cache, the count is fresh. It ticks once when it changes.
   They are asked for while the page is looked at, for half an hour: a forgotten one asks no more. */

const COUNT_EVERY = 15_000;
const COUNT_FOR = 30 * 60_000;
const inWords = (number) => new Intl.NumberFormat(language).format(number);
let countTimer;

function show(element, count) {
    if (element.textContent.replace(/\D/g, "") === String(count)) return;
    element.textContent = inWords(count);
    element.dataset.ticked = "";
    element.addEventListener("animationend", () => delete element.dataset.ticked, { once: true });
}

function showProgress(tally, { count, goal, percent }) {
    const bar = tally?.querySelector("progress");
    if (bar) bar.value = percent;
    const aim = tally?.querySelector("[data-goal]");
    if (!aim) return;
    aim.hidden = count >= goal;
    if (aim.dataset.goal.replace(/\D/g, "") === String(goal)) return;
    aim.textContent = aim.textContent.replace(aim.dataset.goal, inWords(goal));
    aim.dataset.goal = inWords(goal);
}

async function refreshCounts() {
    // What a page of one's own says is newer than what is kept for everybody.
    const shown = all("[data-count]:not([data-fresh] *)");
    const references = new Set(shown.map((element) => element.dataset.count));
    for (const reference of references) {
        try {
            const at = document.querySelector(`[data-count="${CSS.escape(reference)}"]`).dataset.countAt;
            const answer = await fetch(at ?? `/petitions/${encodeURIComponent(reference)}/count/`);
            if (!answer.ok) continue;
            const progress = await answer.json();
            if (progress.count === null) continue; // Not shown yet.
            for (const element of all(`[data-count="${CSS.escape(reference)}"]`)) {
                show(element, progress.count);
                showProgress(element.closest(".tally"), progress);
            }
        } catch {
            // Offline, or the page is being left: the figure that is there stays.
        }
    }
}

function keepCounting() {
    clearInterval(countTimer);
    if (document.visibilityState !== "visible") return;
    const until = Date.now() + COUNT_FOR;
    refreshCounts();
    countTimer = setInterval(() => {
        if (Date.now() > until) clearInterval(countTimer);
        else refreshCounts();
    }, COUNT_EVERY);
}

document.addEventListener("visibilitychange", keepCounting);
keepCounting();
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
            await navigator.clipboard.writeText((source.value ?? source.innerText).trim());
        } catch {
            // Not allowed: the text is selected, for the reader's own copy command.
            if (source.select) source.select();
            else getSelection().selectAllChildren(source);
            return;
        }
        label.textContent = button.dataset.done;
        setTimeout(() => (label.textContent = words), 2500);
    });
}

/* Passing something on by the device's own share sheet: that is how it gets to Signal. */

for (const button of all("[data-share]")) {
    if (!navigator.share) continue;
    button.parentElement.hidden = false;
    button.addEventListener("click", async () => {
        const { title, text, address } = button.dataset;
        try {
            await navigator.share({ title, text, url: address });
        } catch {
            // Closed without choosing: the other ways are still there.
        }
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

/* Where this device knows somebody, a form to sign becomes one press. Pages are the same for
   everybody: only what is asked for here is not. Failing that, the form stays. */

async function becomeOnePress(form) {
    const link = form.parentElement.querySelector("a[data-press]");
    if (!link) return;
    const address = new URL(link.href);
    address.searchParams.set("fragment", "1");
    const answer = await fetch(address);
    // Nobody known, or closed meanwhile; or somebody has begun to type.
    if (answer.status !== 200 || form.contains(document.activeElement)) return;
    const part = document.createElement("template");
    part.innerHTML = await answer.text();
    for (const next of all("input[name=next]", part.content)) next.value = location.pathname + location.search;
    form.replaceWith(part.content);
    link.parentElement.remove();
}

if (/(?:^|; )known=1(?:;|$)/.test(document.cookie)) {
    for (const form of all("form[data-form=sign], form[data-form=message]")) becomeOnePress(form).catch(() => {});
}

/* A message: how many characters are left, counted as its readers would. */

function countLeft(text) {
    const hint = text.form?.querySelector("[data-characters-left]");
    if (!hint) return;
    hint.hidden = !text.value;
    const left = text.dataset.longest - [...text.value.trim()].length;
    hint.querySelector("span").textContent = new Intl.NumberFormat(language).format(left);
}

addEventListener("input", ({ target }) => target.matches?.("textarea[data-longest]") && countLeft(target));
addEventListener("pageshow", () => all("textarea[data-longest]").forEach(countLeft));

/* The same for a list of cases: the boxes stay as they are, and only the person's fields change. */

async function offerOnePressForMany(form) {
    const place = form.querySelector("[data-person]");
    const address = new URL(form.dataset.press, location);
    address.searchParams.set("fragment", "1");
    const source = form.elements.source?.value;
    if (source) address.searchParams.set("source", source);
    const answer = await fetch(address);
    const hasBegun = all("input:not([type=hidden], [type=checkbox])", place).some((field) => field.value);
    if (answer.status !== 200 || hasBegun) return;
    place.innerHTML = await answer.text();
    form.action = form.dataset.press;
}

if (/(?:^|; )known=1(?:;|$)/.test(document.cookie)) {
    all("form[data-form=sign-many][data-press]").forEach((form) => offerOnePressForMany(form).catch(() => {}));
}

/* Telling us of a letter: a number for this page, so that two quick presses are one letter. */

for (const press of all("form[data-form=report] input[name=press]")) press.value = crypto.randomUUID?.() ?? "";

/* One press is enough. A page that comes back out of the history can be pressed again. */

addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-form]")) return;
    if (form.dataset.sent !== undefined) return event.preventDefault();
    form.dataset.sent = "";
    // After the browser has taken the form's values, the button's own included.
    setTimeout(() => all("button[type=submit]", form).forEach((button) => (button.disabled = true)));
});
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
