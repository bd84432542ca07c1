/* Shows a petition of {{ organisation_name }} where a page of another site has

       <div data-obstinate-petition="reference" data-lang="nl" data-partner="code"></div>

   It makes a frame and gives it the height of what is in it. No cookie, nothing stored, nothing
   else asked for; it neither reads nor changes anything else on the page. */
(() => {
    "use strict";
    const origin = new URL(document.currentScript.src).origin;
    const titles = { {% for code, title in titles.items %}{{ code }}: "{{ title|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %} };
    const frames = [];

    const show = (place) => {
        const { obstinatePetition: reference, lang = "{{ default_language }}", partner } = place.dataset;
        const query = new URLSearchParams({ lang, ...(partner && { partner }) });
        const frame = document.createElement("iframe");
        frame.src = `${origin}/embed/petitions/${encodeURIComponent(reference)}/?${query}`;
        frame.title = titles[lang] ?? titles["{{ default_language }}"];
        frame.loading = "lazy";
        // Until it says how tall it is.
        Object.assign(frame.style, { display: "block", width: "100%", height: "760px", border: "0" });
        let isFirst = true;
        frame.addEventListener("load", () => {
            // Thanks and errors stand at the top; the button that led there was at the bottom.
            if (!isFirst && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
            isFirst = false;
        });
        frames.push(frame);
        place.removeAttribute("data-obstinate-petition"); // Where the script stands twice, once is enough.
        place.replaceChildren(frame);
    };

    const showAll = () => document.querySelectorAll("[data-obstinate-petition]").forEach(show);

    // Only our own frames, only while they show a page of ours, and only a number.
    addEventListener("message", (event) => {
        const frame = frames.find(({ contentWindow }) => contentWindow === event.source);
        const height = event.data?.height;
        if (!frame || event.origin !== origin || !(height > 0 && height < 20000)) return;
        frame.style.height = `${Math.ceil(height)}px`;
    });

    if (document.readyState === "loading") addEventListener("DOMContentLoaded", showAll);
    else showAll();
})();
