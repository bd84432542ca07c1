/* The desk to write at: links that keep up with what is typed, checks, a draft if one asks for it.

   What is typed stays on this page. Only that a way to write was opened is told, once per way. */

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const form = document.querySelector("form[data-form=letter]");
const field = (name) => form.elements[name]?.value ?? "";

/* The text, cleaned as the server would clean it (`campaigns.letters.composing.plain`). */

const UNSEEN = /[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\ufff9-\ufffb]/g;
const plain = (text) =>
    text.replace(/\r\n?/g, "\n").normalize("NFC").replace(UNSEEN, "").replace(/[^\P{Cc}\n\t]/gu, "").trim();
const oneLine = (text) => plain(text).split(/\s+/).join(" ");

const LONGEST_SUBJECT = 200;
const MOST_INITIALS = 5;
const LONGEST_RUN_OF_INITIALS = 3;

function initials(name) {
    const words = name.split(/[\s.‐‑-]+/).filter(Boolean);
    const isRun = (word) => [...word].length <= LONGEST_RUN_OF_INITIALS && word === word.toUpperCase();
    const found = words.flatMap((word) => word.match(isRun(word) ? /\P{M}\p{M}*/gu : /^\P{M}\p{M}*/u) ?? []);
    return found.slice(0, MOST_INITIALS).map((letter) => `${letter}.`).join(" ");
}

function signature() {
    const name = oneLine(field("name"));
    const town = plain(field("place")).split("\n").at(-1);
    return [field("signs") === "INITIALS" ? initials(name) : name, town].filter(Boolean).join("\n");
}

function written() {
    const parts = [oneLine(field("salutation")), plain(field("body")), oneLine(field("closing")), signature()];
    const subject = oneLine(field("subject")) || oneLine(form.elements.subject.defaultValue) || "…";
    return {
        subject: [...subject].slice(0, LONGEST_SUBJECT).join(""),
        body: parts.filter(Boolean).join("\n\n"),
    };
}

/* The links: the same templates as the page was made with, and everything percent-encoded. */

const encoded = (text) =>
    encodeURIComponent(text.replace(/\p{Cs}/gu, "?")).replace(
        /[!'()*]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    );
const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_all, name) => encoded(values[name] ?? ""));

// GSM 03.38, as in `campaigns.letters.channels.measures`; those of the second line take two places.
const GSM =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_TWICE = "^{}\\[~]|€\f";

function parts(text) {
    const chars = [...text];
    const isNarrow = chars.every((char) => GSM.includes(char) || GSM_TWICE.includes(char));
    const sizes = chars.map((char) => (isNarrow ? 1 + GSM_TWICE.includes(char) : char.length));
    const [alone, joined] = isNarrow ? [160, 153] : [70, 67];
    if (sizes.reduce((sum, size) => sum + size, 0) <= alone) return 1;
    let [count, used] = [1, 0];
    for (const size of sizes) {
        if (used + size > joined) [count, used] = [count + 1, 0];
        used += size;
    }
    return count;
}

function showLinks({ subject, body }) {
    const mail = { subject, body: body.replaceAll("\n", "\r\n") };
    let longest = 0;
    for (const link of all("[data-ways] a[data-template]")) {
        const way = link.closest("[data-way]");
        if (link.dataset.text !== undefined) {
            const text = [link.dataset.text, signature().replaceAll("\n", ", ")].filter(Boolean).join("\n");
            link.href = fill(link.dataset.template, { text });
            way.querySelector("[data-parts]").textContent = parts(text);
            continue;
        }
        const whole = fill(link.dataset.template, mail);
        const isPasted = whole.length > Number(link.dataset.longest);
        link.href = isPasted ? fill(link.dataset.short, mail) : whole;
        const hint = way.querySelector("[data-pasted]");
        if (hint) hint.hidden = !isPasted;
        if (link.dataset.channel === "MAIL_PROGRAM") longest = whole.length;
    }
    for (const text of all("[data-live]")) {
        const to = document.getElementById("copy-to")?.value;
        const live = { subject, body, all: [to, subject, body].filter(Boolean).join("\n\n") };
        text.value = live[text.dataset.live];
    }
    return longest;
}

/* The checks. A page holds about so many lines of so many characters below its head. */

const LONG_FOR_A_MAIL_PROGRAM = 1600;
const LINES = 38;
const COLUMNS = 88;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/g;
const LEFT_TO_FILL_IN = /\[[^[\]\n]{1,60}\]/g;

function isLongerThanAPage(text) {
    const columns = (line) => [...line].length + (line.match(WIDE)?.length ?? 0);
    const lines = text.split("\n").map((line) => Math.max(Math.ceil(columns(line) / COLUMNS), 1));
    return lines.reduce((sum, count) => sum + count, 0) > LINES;
}

function showChecks({ subject, body }, length) {
    const left = [...new Set(`${subject}\n${body}`.match(LEFT_TO_FILL_IN) ?? [])];
    const isWrong = {
        placeholders: left.length > 0,
        length: length > LONG_FOR_A_MAIL_PROGRAM,
        page: isLongerThanAPage(body),
    };
    const checks = document.querySelector("[data-checks]");
    for (const check of all("[data-check]", checks ?? form)) {
        const found = check.querySelector("[data-found]");
        if (found) found.textContent = left.join(" ");
        check.hidden = !isWrong[check.dataset.check];
    }
    if (checks) checks.hidden = !Object.values(isWrong).some(Boolean);
}

/* A draft, on this device alone and only if one asks for it: one per addressee, language and
   beginning, gone after thirty days or with the action, whichever comes first. */

const KEPT_FOR = 30 * 24 * 60 * 60 * 1000;
const OF_A_LETTER = ["subject", "salutation", "body", "closing"];
const OF_THE_WRITER = ["signs", "name", "place", "window"];

class Draft {
    constructor(place) {
        this.key = `letter-${form.dataset.key}`;
        this.which = ["to", "in", "start"].map(field).join(" ");
        this.box = place.querySelector("input");
        this.button = place.querySelector("[data-draft-delete]");
        place.hidden = false;
        this.box.addEventListener("change", () => (this.box.checked ? this.keep() : this.forget()));
        this.button.addEventListener("click", () => this.forget());
        const kept = this.read();
        this.show(kept !== null);
        if (kept) this.put({ ...kept.writer, ...kept.letters[this.which] });
    }

    read() {
        try {
            const kept = JSON.parse(localStorage.getItem(this.key));
            if (kept && kept.until > Date.now()) return kept;
            localStorage.removeItem(this.key);
        } catch {
            // No storage, or not ours any more: nothing is kept.
        }
        return null;
    }

    put(values) {
        for (const [name, value] of Object.entries(values)) if (form.elements[name]) form.elements[name].value = value;
    }

    keep() {
        const taken = (names) => Object.fromEntries(names.map((name) => [name, field(name)]));
        const letters = { ...this.read()?.letters, [this.which]: taken(OF_A_LETTER) };
        const end = Date.parse(form.dataset.until);
        const until = Math.min(Date.now() + KEPT_FOR, Number.isNaN(end) ? Infinity : end);
        try {
            localStorage.setItem(this.key, JSON.stringify({ until, letters, writer: taken(OF_THE_WRITER) }));
            this.show(true);
        } catch {
            this.show(false); // Full or forbidden: the box says that nothing is kept.
        }
    }

    forget() {
        localStorage.removeItem(this.key);
        this.show(false);
    }

    show(isKept) {
        this.box.checked = isKept;
        this.button.hidden = !isKept;
    }
}

/* What was opened is told once, and then it is asked whether the letter has left. */

const told = new Set();

function opened(way) {
    const said = { channel: way.dataset.channel, to: way.dataset.to ?? field("to"), in: field("in") };
    const key = Object.values(said).join(" ");
    if (!told.has(key)) {
        const data = new FormData();
        for (const [name, value] of Object.entries(said)) data.set(name, value);
        told.add(key);
        navigator.sendBeacon?.(form.dataset.opened, data);
    }
    for (const report of all("form[data-form=report]")) {
        for (const [name, value] of Object.entries(said)) {
            const input = report.elements[name];
            const isKnown = input?.tagName !== "SELECT" || [...input.options].some((option) => option.value === value);
            if (input && isKnown) input.value = value;
        }
        report.closest("section")?.setAttribute("data-prominent", "");
    }
}

function isOpening(target, way) {
    // Of what is copied, only the copying counts, not the looking.
    return way.matches("a, button") || target.closest("[data-copy]") !== null;
}

for (const kind of ["click", "auxclick"]) {
    addEventListener(kind, ({ target }) => {
        const way = target.closest?.("[data-channel]");
        if (form && way && isOpening(target, way)) opened(way);
    });
}

if (form) {
    const place = document.querySelector("[data-draft]");
    const draft = place && form.dataset.key ? new Draft(place) : null;
    const follow = () => {
        const letter = written();
        showChecks(letter, showLinks(letter));
    };
    form.addEventListener("input", () => {
        follow();
        if (draft?.box.checked) draft.keep();
    });
    // A page that comes back out of the history has its words again.
    addEventListener("pageshow", follow);
    all("[data-without-script]").forEach((part) => (part.hidden = true));
    all("[data-long]").forEach((hint) => hint.remove()); // The check says it, and keeps up.
    // A letter may be printed again: the page stays, so its buttons have to.
    form.addEventListener("submit", () =>
        setTimeout(() => {
            delete form.dataset.sent;
            all("button[type=submit]", form).forEach((button) => (button.disabled = false));
        }, 2000),
    );
}
