// An XMPP address in one spelling (RFC 7622), as far as a page can know the tables for it.
"use strict";

class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const address = (() => {
  const LONGEST = 3071;
  const LOCAL = /^[a-z0-9!#$%()*+,\-.;=?[\\\]^_`{|}~]{1,1023}$/;
  const LABEL = /^(?!-|..--|.*-$)[a-z0-9!"$&'()*+,;=_`{}~-]{1,63}$/; // as wide as nameprep is
  const NEVER = /[\p{Z}\p{C}\u2ff0-\u2ffb\ufff9-\ufffd]/u; // RFC 3454, C
  const NEVER_LOCAL = /["&'/:<>@]/;
  const EMOJI = /[\u{1f000}-\u{1ffff}]/u; // newer than the rules for addresses
  const TO_THE_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;

  function refuse() {
    throw new Refused("bad-address");
  }

  // The address without its resource, which starts at the first raw "/". Throws Refused.
  function bare(raw) {
    const [before, ...after] = raw.split("/");
    let plain;
    let resource;
    try {
      plain = text.decoded(before, true);
      resource = text.decoded(after.join("/"), true);
    } catch {
      refuse();
    }
    return plain.includes("/") || text.isHidden(resource) ? refuse() : parse(plain);
  }

  // Read a decoded address; the resource is dropped. Throws Refused.
  function parse(plain) {
    if (plain.length > LONGEST) refuse();
    const slash = plain.indexOf("/");
    if (slash >= 0 && slash === plain.length - 1) refuse();
    const whole = slash < 0 ? plain : plain.slice(0, slash);
    const at = whole.lastIndexOf("@");
    if (at === 0 || text.isHidden(whole)) refuse();
    const local = at < 0 ? "" : preparedLocal(whole.slice(0, at));
    const [domain, ascii] = preparedDomain(whole.slice(at + 1));
    const before = local ? `${local}@` : "";
    return { local, domain, full: before + domain, ascii: before + ascii };
  }

  // Whether somebody else's letters may be among its own, judged label by label.
  function isMixed(who) {
    return [who.local, ...who.domain.split(".").map(meaning)].some(text.isMixed);
  }

  function folded(plain) {
    return plain.normalize("NFKC").toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ")
      .normalize("NFKC");
  }

  function preparedLocal(plain) {
    const local = folded(plain);
    const plainLetters = /^[\0-\x7f]*$/.test(local);
    if (plainLetters ? !LOCAL.test(local) : NEVER.test(local) || NEVER_LOCAL.test(local)) refuse();
    checkDirection(local);
    return local;
  }

  // The domain with U-labels, and the same with A-labels.
  function preparedDomain(plain) {
    const domain = folded(plain.replace(/[。．｡]/g, ".").replace(/\.$/, ""));
    if (domain.startsWith("[")) {
      const same = hostOf(domain);
      return [same, same];
    }
    const labels = domain.split(".");
    if (labels.every((label) => LABEL.test(label))) {
      return domain.length > 253 ? refuse() : [domain, domain];
    }
    const converted = /[^\0-\x7f]|^xn--/;
    if (labels.some((label) => !converted.test(label) && !LABEL.test(label))) refuse();
    if (NEVER.test(domain)) refuse();
    labels.forEach(checkDirection);
    const ascii = hostOf(domain);
    const shown = ascii.split(".").map(uLabel).join(".");
    return [shown, ascii];
  }

  function hostOf(domain) {
    try {
      return new URL(`https://${domain}/`).hostname || refuse();
    } catch {
      return refuse();
    }
  }

  // Letters of both directions in one word can be shown in an order that lies (RFC 3454 §6).
  function checkDirection(word) {
    if (EMOJI.test(word)) refuse();
    if (!TO_THE_LEFT.test(word)) return;
    const letters = Array.from(word);
    const ends = [letters[0], letters[letters.length - 1]];
    const others = letters.some((char) => /\p{L}/u.test(char) && !TO_THE_LEFT.test(char));
    if (others || !ends.every((char) => TO_THE_LEFT.test(char))) refuse();
  }

  function uLabel(label) {
    const shown = meaning(label);
    if (NEVER.test(shown)) refuse();
    try {
      return folded(shown) === shown && hostOf(shown) === label ? shown : label;
    } catch {
      return label;
    }
  }

  function meaning(label) {
    return label.startsWith("xn--") ? (fromPunycode(label.slice(4)) ?? label) : label;
  }

  // RFC 3492 §6.2, with the parameters of IDNA. Nothing if it is no Punycode.
  function fromPunycode(code) {
    const dash = code.lastIndexOf("-");
    const out = dash > 0 ? Array.from(code.slice(0, dash)) : [];
    let [n, i, bias, at] = [128, 0, 72, dash > 0 ? dash + 1 : 0];
    while (at < code.length) {
      const before = i;
      for (let weight = 1, k = 36; ; k += 36, at += 1) {
        const digit = "abcdefghijklmnopqrstuvwxyz0123456789".indexOf(code[at] ?? "?");
        if (digit < 0) return undefined;
        i += digit * weight;
        const limit = Math.min(Math.max(k - bias, 1), 26);
        if (digit < limit) break;
        weight *= 36 - limit;
      }
      at += 1;
      const size = out.length + 1;
      let delta = Math.floor((i - before) / (before === 0 ? 700 : 2));
      delta += Math.floor(delta / size);
      for (bias = 0; delta > 455; bias += 36) delta = Math.floor(delta / 35);
      bias += Math.floor((36 * delta) / (delta + 38));
      n += Math.floor(i / size);
      i %= size;
      if (n > 0x10ffff) return undefined;
      out.splice(i, 0, String.fromCodePoint(n));
      i += 1;
    }
    return out.join("");
  }

  return { bare, isMixed, parse };
})();
