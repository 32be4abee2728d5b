// Counts a text as its channel does while somebody types; the page counts the same when it is sent (rules.py).
const STOPS = "\\s<>\"'“”\\u3000-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7ff\\uf900-\\ufaff\\uff00-\\uffef";
const LINK = new RegExp(`https?://[^${STOPS}]*[^${STOPS}.,;:!?)\\]]`, "gi");
const BARE = new RegExp(
  `(?<![@\\w./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,24}(?:/[^${STOPS}]*[^${STOPS}.,;:!?)\\]])?`,
  "gi",
);
const PICTURE = "[\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf\u2b05-\u2b55\u{1f000}-\u{1faff}]";
const MODIFIED = `${PICTURE}(?:\ufe0f|[\u{1f3fb}-\u{1f3ff}])?`;
const EMOJI = new RegExp(
  `[\u{1f1e6}-\u{1f1ff}]{2}|[0-9#*]\ufe0f?\u20e3|${MODIFIED}(?:\u200d(?:${MODIFIED}|[\u2640\u2642]\ufe0f?))*`,
  "gu",
);
const GSM = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§" +
    "¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENSION = new Set("\f^{}\\[~]|€");

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const isSingle = (point) =>
  point <= 4351 || (point >= 8192 && point <= 8205) || (point >= 8208 && point <= 8223) || (point >= 8242 && point <= 8247);

const lengths = {
  characters: (text) => [...text].length,
  bytes: (text) => new TextEncoder().encode(text).length,
  weibo: (text, link) => {
    const links = link ? (text.match(LINK) ?? []).length : 0;
    const rest = link ? text.replace(LINK, "") : text;
    return links * link + sum([...rest].map((sign) => sign.length * (sign.codePointAt(0) <= 0xff ? 1 : 2)));
  },
  x: (typed, link) => {
    let text = typed.normalize("NFC");
    let total = 0;
    const take = (pattern, units) => {
      total += (text.match(pattern) ?? []).length * units;
      text = text.replace(pattern, "");
    };
    if (link) {
      take(LINK, link);
      take(BARE, link);
    }
    take(EMOJI, 2);
    return total + sum([...text].map((sign) => (isSingle(sign.codePointAt(0)) ? 1 : 2)));
  },
};

const sms = (text, most) => {
  const signs = [...text];
  const wide = !signs.every((sign) => GSM.has(sign) || EXTENSION.has(sign));
  const widths = signs.map((sign) => (wide ? sign.length : EXTENSION.has(sign) ? 2 : 1));
  const [alone, part] = wide ? [70, 67] : [160, 153];
  const units = sum(widths);
  let used = 1;
  if (units > alone) {
    let left = part;
    for (const width of widths) {
      if (width > left) {
        used += 1;
        left = part;
      }
      left -= width;
    }
  }
  const room = units <= alone ? alone : used * part;
  const over = most && used > most ? Math.max(1, units - (most === 1 ? alone : most * part)) : 0;
  return { used, most, units, room, over };
};

export const count = (typed, measure, most, link) => {
  const text = typed.replace(/\r\n?/g, "\n").trim();
  if (measure === "sms") return sms(text, most);
  const used = lengths[measure](text, link);
  return { used, most, units: used, room: most, over: most ? Math.max(0, used - most) : 0 };
};

export default (field) => {
  const { measure, fits, over, signs } = field.dataset;
  const counter = document.getElementById(field.dataset.counter);
  const show = () => {
    const counted = count(field.value, measure, Number(field.dataset.most), Number(field.dataset.linkUnits));
    const values = { ...counted, signs: Math.ceil(counted.over / Number(signs)) };
    counter.textContent = (counted.over ? over : fits).replace(/%\((\w+)\)s/g, (_, name) => values[name].toLocaleString("en"));
    counter.classList.toggle("err", counted.over > 0);
  };
  field.addEventListener("input", show);
  show();
};
