// Which chat programs to name for which system. Those that `creates` names can also make a new
// account through an invitation whose server allows it (XEP-0401).
"use strict";

const clients = (() => {
  const PARS = { name: "Pars", creates: true };
  const SYSTEMS = [
    ["android", "Android", [
      { name: "Conversations", page: "https://conversations.im/", creates: true },
      { name: "Cheogram", page: "https://cheogram.com/", creates: true },
    ]],
    ["ios", "iPhone, iPad", [
      { name: "Monal", page: "https://monal-im.org/", creates: true },
      { name: "Siskin", page: "https://siskin.im/", creates: true },
    ]],
    ["linux", "Linux", [
      PARS,
      { name: "Gajim", page: "https://gajim.org/" },
      { name: "Dino", page: "https://dino.im/" },
      { name: "Kaidan", page: "https://www.kaidan.im/", creates: true },
    ]],
    ["windows", "Windows", [
      { name: "Gajim", page: "https://gajim.org/" },
    ]],
    ["mac", "macOS", [
      { name: "Monal", page: "https://monal-im.org/", creates: true },
      { name: "Beagle", page: "https://beagle.im/" },
      { name: "Gajim", page: "https://gajim.org/" },
    ]],
  ];

  // The system this browser says it runs on, or "" if it says nothing we know.
  function system({ userAgent, userAgentData, maxTouchPoints }) {
    const told = userAgentData?.platform || userAgent;
    if (/android/i.test(told) || /android/i.test(userAgent)) return "android";
    if (/iphone|ipad|ipod/i.test(told)) return "ios";
    if (/mac/i.test(told)) return maxTouchPoints > 1 ? "ios" : "mac"; // an iPad says it is a Mac
    if (/win/i.test(told)) return "windows";
    return /linux|cros|bsd|x11/i.test(told) ? "linux" : "";
  }

  // All systems with their programs; Pars only where whoever hosts the page offers it.
  function known(download) {
    const pars = /^https:\/\/[^\s]+$/.test(download) ? { ...PARS, page: download } : null;
    return SYSTEMS.map(([key, label, programs]) => ({
      key,
      label,
      programs: programs.map((one) => (one === PARS ? pars : one)).filter(Boolean),
    }));
  }

  return { known, system };
})();
