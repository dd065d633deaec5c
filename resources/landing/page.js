// Puts the invitation on the page. Foreign text only ever becomes textContent, and the link is
// opened by nobody but the person who presses the button.
"use strict";

(() => {
  const at = (id) => document.getElementById(id);
  const language = languageFor(navigator.languages ?? [navigator.language]);
  const download = document.querySelector('meta[name="pars-download"]').content;
  const headings = { subscribe: "roster", chat: "message" };
  const LARGEST_CODE = 280; // pixels
  const MOST_IN_A_CODE = 2331; // bytes, in the largest code of error correction M

  // A sentence of the catalogue. What is filled in cannot turn the letters around it.
  function say(key, filled = {}) {
    return WORDS[language][key].replace(/\{(\w+)\}/g, (_all, what) => `\u2068${filled[what]}\u2069`);
  }

  function put(id, words) {
    at(id).textContent = words;
    at(id).hidden = !words;
  }

  function element(kind, words = "", attributes = {}) {
    const made = document.createElement(kind);
    made.textContent = words;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function show() {
    const found = invitation.read(location.hash.slice(1));
    document.documentElement.lang = language;
    document.title = say("title");
    at("invitation").hidden = found.refused !== null;
    at("refused").hidden = found.refused === null;
    put("footer", say("footer"));
    at("code").replaceChildren();
    at("open").removeAttribute("href");
    if (found.refused) showRefusal(found.refused);
    else showInvitation(found);
  }

  function showRefusal(code) {
    put("bad-heading", say("bad_heading"));
    put("bad-reason", say(`bad_${code}`));
    put("bad-next", code === "nothing" ? "" : say("bad_next"));
  }

  function showInvitation(found) {
    const kind = headings[found.action] ?? found.action;
    const friend = kind === "roster";
    const invited = friend ? Boolean(found.token) : kind !== "message";
    const open = say(invited ? "open" : "open_link");
    const who = { address: found.jid.full, server: found.jid.domain, open, creates: say("creates") };
    put("heading", say(`heading_${kind}`));
    put("role", say(roleOf(kind, found.jid)));
    putAddress(found.jid.full);
    put("ascii", found.jid.ascii === found.jid.full ? "" : say("ascii", { address: found.jid.ascii }));
    const named = found.name && !text.isMixed(found.name);
    put("name", named ? say("calls", { name: found.name }) : "");
    putWarnings(found);
    put("lead", say(friend && !invited ? "lead_request" : `lead_${kind}`));
    put("open", open);
    at("open").href = found.link;
    put("copy", navigator.clipboard ? say("copy") : "");
    at("copied").textContent = "";
    put("nothing", say("nothing"));
    drawCode(found.link, say("code", who));
    put("caption", say("scan"));
    putSteps(found, who);
    put("what-heading", say("what_heading"));
    put("what-xmpp", say("what_xmpp", who));
    put("what-trust", say("what_trust"));
    put("what-privacy", say("what_privacy"));
  }

  function roleOf(kind, jid) {
    if (kind === "register") return jid.local ? "account" : "server";
    return { roster: "from", message: "to", join: "room" }[kind];
  }

  // The address breaks after "@" and before dots only, unless one part alone is too long.
  function putAddress(full) {
    const pieces = full.match(/\.?[^.@]*@?/gu).filter(Boolean);
    at("address").replaceChildren(...pieces.map((piece) => element("span", piece)));
  }

  function putWarnings({ warnings, name }) {
    const words = {
      "mixed-script": "warn_mixed",
      "name-is-address": "warn_name_address",
      "duplicate-token": "warn_token",
      "bad-token": "warn_token",
      "unknown-action": "warn_unknown",
    };
    const keys = warnings.map((code) => words[code]).filter(Boolean);
    if (name && text.isMixed(name)) keys.push("warn_name_mixed");
    at("warnings").replaceChildren(...[...new Set(keys)].map((key) => element("li", say(key))));
    at("warnings").hidden = !keys.length;
  }

  function putSteps({ action, ibr }, who) {
    const makes = ibr || action === "register";
    put("install-heading", say("install_heading"));
    put("step-install", say("step_install"));
    put("others-label", say("others"));
    const known = clients.known(download);
    const here = clients.system(navigator);
    const [mine, rest] = [known.filter(({ key }) => key === here), known.filter(({ key }) => key !== here)];
    at("mine").replaceChildren(...mine.map((system) => listed(system, makes)));
    at("all").replaceChildren(...rest.map((system) => listed(system, makes)));
    at("others").open = !mine.length;
    const keys = makes
      ? [action === "register" ? "step_register" : "step_account_ibr"]
      : ["step_account", "step_back"];
    const steps = keys.map((key) => element("li", say(key, who)));
    const able = mine.some(({ programs }) => programs.some(({ creates }) => creates));
    if (makes && !able) steps[0].append(" ", say("step_elsewhere"));
    at("steps").replaceChildren(at("steps").firstElementChild, ...steps);
  }

  function listed({ label, programs }, makes) {
    const list = element("ul", "", { class: "programs", "aria-label": label });
    for (const { name, page, creates } of programs) {
      const row = element("li");
      row.append(element("a", name, { href: page, rel: "noopener noreferrer", target: "_blank" }));
      if (makes && creates) row.append(element("span", say("creates"), { class: "small" }));
      list.append(row);
    }
    const group = element("div", "", { class: "system" });
    group.append(element("span", label, { class: "small" }), list);
    return group;
  }

  // Dark on white with four modules of margin; left out if the link is longer than codes can be.
  function drawCode(link, label) {
    at("scan").hidden = link.length > MOST_IN_A_CODE;
    if (at("scan").hidden) return;
    const code = qrcode(0, "M");
    code.addData(link, "Byte");
    code.make();
    const size = code.getModuleCount();
    let dark = "";
    for (let row = 0; row < size; row += 1) {
      for (let column = 0; column < size; column += 1) {
        if (code.isDark(row, column)) dark += `M${column + 4} ${row + 4}h1v1h-1z`;
      }
    }
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", dark);
    const width = size + 8;
    const pixels = width * Math.max(2, Math.floor(LARGEST_CODE / width)); // all modules alike
    at("code").setAttribute("viewBox", `0 0 ${width} ${width}`);
    at("code").setAttribute("width", pixels);
    at("code").setAttribute("height", pixels);
    at("code").setAttribute("aria-label", label);
    at("code").replaceChildren(path);
  }

  at("copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText(at("open").href);
    at("copied").textContent = say("copied");
  });
  addEventListener("hashchange", show);
  show();
})();
