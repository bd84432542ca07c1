// A part of a page that is fetched anew every two seconds, for as long as it says so itself.
// Without JavaScript its reader follows the link in it.
(() => {
    const part = () => document.querySelector("[data-refresh][id]");

    const refresh = async () => {
        const old = part();
        if (!old) return;
        try {
            const response = await fetch(old.dataset.refresh, { credentials: "same-origin" });
            if (!response.ok || response.redirected) return;
            const page = new DOMParser().parseFromString(await response.text(), "text/html");
            const fresh = page.getElementById(old.id);
            if (!fresh) return;
            if (!fresh.hasAttribute("data-refresh") || fresh.dataset.state !== old.dataset.state) {
                // It has ended, or come to its next state: the buttons around it have changed, too.
                window.location.reload();
                return;
            }
            old.replaceWith(document.adoptNode(fresh));
        } catch {
            // The connection may come back.
        }
        window.setTimeout(refresh, 2000);
    };

    if (part()) window.setTimeout(refresh, 2000);
})();
