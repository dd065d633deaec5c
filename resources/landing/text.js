// Foreign text: percent-decoding, characters nobody sees, and mixed alphabets.
"use strict";

const text = (() => {
  const HIDDEN =
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]/u;
  const HIDDEN_ALL = new RegExp(HIDDEN, "gu");
  const SCRIPTS = [
    "Latin", "Cyrillic", "Greek", "Armenian", "Georgian", "Hebrew", "Arabic", "Syriac", "Thaana",
    "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada",
    "Malayalam", "Sinhala", "Thai", "Lao", "Tibetan", "Myanmar", "Khmer", "Mongolian", "Ethiopic",
    "Cherokee", "Canadian_Aboriginal", "Ogham", "Runic", "Coptic", "Han", "Hiragana", "Katakana",
    "Bopomofo", "Hangul",
  ].map((name) => [name, new RegExp(`^\\p{Script=${name}}`, "u")]);
  const SHARED = /^[\p{Script=Common}\p{Script=Inherited}]/u;
  const TOGETHER = [ // the mixtures that people really write
    ["Latin", "Han", "Hiragana", "Katakana"],
    ["Latin", "Han", "Bopomofo"],
    ["Latin", "Han", "Hangul"],
  ];

  // Percent-decode once. A "%" that encodes nothing stands for itself. With strict, throws
  // TypeError for what is not UTF-8.
  function decoded(part, strict = false) {
    const octets = new TextEncoder().encode(part);
    const out = [];
    for (let i = 0; i < octets.length; i += 1) {
      const two = String.fromCharCode(octets[i + 1], octets[i + 2]);
      if (octets[i] === 0x25 && /^[0-9A-Fa-f]{2}$/.test(two)) {
        out.push(parseInt(two, 16));
        i += 2;
      } else {
        out.push(octets[i]);
      }
    }
    return new TextDecoder("utf-8", { fatal: strict, ignoreBOM: true }).decode(new Uint8Array(out));
  }

  // Percent-encode everything but letters, digits, "-._~" and the characters in keep.
  function encoded(plain, keep = "") {
    return encodeURIComponent(plain)
      .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
      .replace(/%[2-7][0-9A-F]/g, (code) => {
        const char = decodeURIComponent(code);
        return keep.includes(char) ? char : code;
      });
  }

  const isHidden = (plain) => HIDDEN.test(plain);
  const seen = (plain) => plain.replace(HIDDEN_ALL, "");
  const cut = (plain, length) => Array.from(plain).slice(0, length).join("");

  // Whether a word is neither in one alphabet nor in one of the usual mixtures of East Asia.
  function isMixed(word) {
    const found = new Set();
    for (const char of word.normalize("NFKC")) {
      if (!SHARED.test(char)) {
        found.add((SCRIPTS.find(([, letters]) => letters.test(char)) ?? ["other"])[0]);
      }
    }
    const all = [...found];
    return all.length > 1 && !TOGETHER.some((usual) => all.every((one) => usual.includes(one)));
  }

  return { cut, decoded, encoded, isHidden, isMixed, seen };
})();
