// Reads an invitation from what follows "#" in the address of this page (XEP-0147, XEP-0379,
// XEP-0401): written raw, percent-encoded as a whole, or in base64, with and without "xmpp:".
"use strict";

const invitation = (() => {
  const LONGEST = 64 * 1024;
  const ACTIONS = [
    "roster", "register", "message", "join", "invite", "subscribe", "remove", "unsubscribe",
    "unregister", "command", "pubsub", "disco", "vcard", "sendfile", "trust-message",
  ];
  const OFFERED = ["roster", "subscribe", "register", "message", "chat", "join"];
  const KEYS = [
    "preauth", "name", "group", "ibr", "subject", "body", "node", "item", "jid", "password",
  ];
  const SCHEME = /^(?:xmpp:)+/i;
  const BASE64 = /^([A-Za-z0-9+/_-]+)={0,2}$/;
  const TOKEN = /^[A-Za-z0-9\-._~:+/=!$*,@]{1,4096}$/;
  const FINGERPRINT = /^[0-9A-Fa-f]{1,128}$/;
  const ADDRESS_IN_NAME = /^(?:xmpp:|mailto:)?([^\s@]+@[^\s@]+)$/i;
  const AROUND_ADDRESS = /^[<>()[\]{}"'.,;: ]+|[<>()[\]{}"'.,;: ]+$/g;
  const NOT_IN_BODY = /[\0-\x09\x0b-\x1f\ufffe\uffff]/g;

  // What the fragment says. `refused` is a code if it is not used at all; otherwise `link` is the
  // xmpp: link written anew, so that nothing is opened that was not understood.
  function read(fragment) {
    try {
      return understood(takenApart(fragment));
    } catch (error) {
      if (error instanceof Refused) return { refused: error.code };
      throw error;
    }
  }

  function takenApart(fragment) {
    if (new TextEncoder().encode(fragment).length > LONGEST) throw new Refused("too-long");
    let link = fragment.trim().replace(SCHEME, "");
    if (!link.includes("?")) link = text.decoded(link).replace(SCHEME, "");
    if (!link.includes("@")) link = fromBase64(link).replace(SCHEME, "");
    if (!link.includes("@") && !link.includes("?")) {
      throw new Refused(link ? "not-a-link" : "nothing");
    }
    return splitUri(link.split("?").slice(0, 2).join("?"));
  }

  function fromBase64(said) {
    const found = BASE64.exec(said);
    if (!found) return said;
    try {
      const octets = atob(found[1].replaceAll("-", "+").replaceAll("_", "/"));
      const plain = new TextDecoder("utf-8", { fatal: true }).decode(
        Uint8Array.from(octets, (char) => char.charCodeAt(0)),
      );
      return plain.includes("@") ? plain : said;
    } catch {
      return said; // not base64, or not text
    }
  }

  // Split first, decode each part once: whoever decodes first makes encoded separators real.
  function splitUri(uri) {
    let rest = uri;
    let account = "";
    if (rest.startsWith("//")) {
      const authority = withoutFragment(partition(rest.slice(2), "?")[0]).split("/")[0];
      const after = rest.slice(2 + authority.length).replace(/^\//, "");
      const user = text.decoded(authority);
      if (user.includes("@") && user.slice(0, user.lastIndexOf("@")).includes(":")) {
        throw new Refused("secret-in-link");
      }
      if (/^(?:$|[?#])/.test(after)) rest = authority + after;
      else [account, rest] = [authority, after];
    }
    const [who, query] = partition(withoutFragment(rest), "?");
    return { who, account, pairs: splitQuery(query) };
  }

  function splitQuery(query) {
    const pieces = query.split(query.includes(";") ? ";" : "&").filter(Boolean);
    return pieces.map((piece) => {
      const [key, value] = partition(piece, "=");
      return [text.decoded(key).toLowerCase(), piece.includes("=") ? value : null];
    });
  }

  function partition(whole, separator) {
    const at = whole.indexOf(separator);
    return at < 0 ? [whole, ""] : [whole.slice(0, at), whole.slice(at + separator.length)];
  }

  // A "#" before the first "@" belongs to an address written raw.
  function withoutFragment(rest) {
    const at = rest.indexOf("#", partition(rest, "?")[0].indexOf("@") + 1);
    return at < 0 ? rest : rest.slice(0, at);
  }

  function understood({ who, account, pairs }) {
    const warnings = new Set();
    let values = new Map();
    for (const [key, value] of pairs) {
      if (!values.has(key)) values.set(key, []);
      if (value !== null) values.get(key).push(value);
    }
    let action = actionOf(pairs, values);
    if ((values.get("password") ?? []).some(Boolean) && !["join", "invite"].includes(action)) {
      throw new Refused("secret-in-link");
    }
    if (action === "unknown") {
      warnings.add("unknown-action");
      [action, values] = ["chat", new Map()];
    }
    if (!who) throw new Refused("no-address");
    const jid = address.bare(who);
    if (account) address.bare(account);
    if (address.isMixed(jid)) warnings.add("mixed-script");
    const token = tokenIn(values, warnings);
    const name = nameIn(values, jid, warnings);
    const said = (key) => shown((values.get(key) ?? [""])[0], warnings);
    const fields = {
      preauth: token && text.encoded(token, ":/=!$*,@"),
      name: name && text.encoded(name),
      ibr: text.decoded((values.get("ibr") ?? [""])[0]).trim().toLowerCase() === "y" ? "y" : "",
      group: text.encoded(said("group")),
      subject: text.encoded(said("subject")),
      body: text.encoded(text.decoded((values.get("body") ?? [""])[0]).replace(NOT_IN_BODY, "")),
    };
    const ibr = fields.ibr === "y";
    const found = { action, jid, token, name, ibr, warnings: [...warnings].sort(), refused: null };
    if (!OFFERED.includes(action)) return { ...found, refused: "no-invitation" };
    return { ...found, link: written(action, jid, values, fields) };
  }

  function actionOf(pairs, values) {
    const place = pairs.findIndex(([key, value], at) => !value &&
      ((at === 0 && value === null && !KEYS.includes(key)) || ACTIONS.includes(key)));
    if (place < 0) {
      if (["preauth", "name", "group"].some((key) => values.has(key))) return "roster";
      return ["node", "item"].some((key) => values.has(key)) ? "pubsub" : "roster";
    }
    const named = pairs[place][0];
    if (named === "subscribe" && values.has("preauth")) return "roster";
    return ACTIONS.includes(named) ? named : "unknown";
  }

  function tokenIn(values, warnings) {
    const given = values.get("preauth") ?? [];
    if (given.length > 1) warnings.add("duplicate-token");
    if (given.length !== 1) return null;
    const token = text.decoded(given[0]);
    if (TOKEN.test(token)) return token;
    warnings.add("bad-token");
    return null;
  }

  // The suggested name, unless it is given twice or is itself an address, which could lie.
  function nameIn(values, jid, warnings) {
    const given = values.get("name") ?? [];
    if (given.length > 1) warnings.add("duplicate-name");
    if (given.length !== 1) return null;
    const [literal, spaced] = [given[0], given[0].replaceAll("+", " ")].map((raw) =>
      text.cut(shown(raw, warnings), 100).trim());
    const other = addressIn(literal);
    if (other) {
      if (other !== jid.full) warnings.add("name-is-address");
      return null;
    }
    return (given[0].includes("%20") ? literal : spaced) || null;
  }

  function addressIn(name) {
    const found = ADDRESS_IN_NAME.exec(name.normalize("NFKC").replace(AROUND_ADDRESS, ""));
    if (!found) return null;
    try {
      return address.parse(found[1]).full;
    } catch {
      return found[1];
    }
  }

  function shown(raw, warnings) {
    const plain = text.decoded(raw);
    const visible = text.seen(plain);
    if (visible !== plain) warnings.add("control-characters");
    return visible.trim();
  }

  // The link in the order it came, with what we understood and nothing else.
  function written(action, jid, values, fields) {
    const parts = [];
    for (const [key, given] of values) {
      const device = /^omemo-sid-[0-9]{1,10}$/.test(key);
      if (fields[key]) parts.push(`${key}=${fields[key]}`);
      else if (device && FINGERPRINT.test(given[0] ?? "")) parts.push(`${key}=${given[0]}`);
    }
    const start = `xmpp:${text.encoded(jid.full, "!$'()*,@:")}`;
    if (action === "chat") return start;
    return [`${start}?${action}`, ...parts].join(";");
  }

  return { read };
})();
