// How figures are written. Sizes are bytes of the tool's answer.

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** A size in GiB, or MiB where it is small: "45.0 GiB". */
function size(bytes) {
  const n = Math.abs(bytes);
  if (n >= 100 * GIB) return `${(bytes / GIB).toFixed(0)} GiB`;
  if (n >= GIB / 10) return `${(bytes / GIB).toFixed(n >= GIB ? 1 : 2)} GiB`;
  if (n >= MIB / 10) return `${(bytes / MIB).toFixed(n >= 10 * MIB ? 0 : 1)} MiB`;
  return `${bytes} B`;
}

/** A number as people write it: 8.03 B, 6.8 M; whole below a thousand. */
function short(n) {
  for (const [unit, word] of [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]]) {
    if (Math.abs(n) >= unit) return `${trim((n / unit).toPrecision(3))} ${word}`;
  }
  return rounded(n);
}

/** A number to three digits: 0.0798, 13.2, 1,896. */
const rounded = (n) => (Math.abs(n) >= 100 ? Math.round(n).toLocaleString("en-US") : trim(Number(n).toPrecision(3)));

const trim = (digits) => (digits.includes(".") && !digits.includes("e") ? digits.replace(/\.?0+$/, "") : digits);

const percent = (fraction) => `${Math.round(fraction * 100)} %`;

/** US dollars: cents below 100. */
function usd(n) {
  if (n === null || n === undefined) return "–";
  return `$${n >= 100 ? Math.round(n).toLocaleString("en-US") : n.toFixed(2)}`;
}

/** Hours in the unit that suits. */
function hours(n) {
  if (n === null || n === undefined) return "–";
  if (n < 1) return t("minutes", (n * 60).toPrecision(2));
  if (n < 72) return t("hours", n.toPrecision(3));
  return t("days", (n / 24).toPrecision(3));
}

/** A value of an argument as text. */
function written(value) {
  if (value === true) return t("yes");
  if (value === false) return t("no");
  if (Array.isArray(value)) return value.join(", ");
  if (value && typeof value === "object") return JSON.stringify(value);
  if (typeof value === "number" && Math.abs(value) >= 10000) return value.toLocaleString("en-US");
  return String(value);
}
