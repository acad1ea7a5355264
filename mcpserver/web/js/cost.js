// Time, money and energy of the run, as far as a GPU and a data set are given.

function costCard(answer) {
  const c = answer.cost;
  if (!c && !argumentsOf(state.mode).some((a) => a.name === "datasetSamples")) return null;
  if (!c) return card("cost", t("cost"), "", el("p", { class: "empty", text: t("cost.none") }));
  const rows = [
    c.secondsPerStep ? [t("cost.step"), t("cost.seconds", rounded(c.secondsPerStep.low), rounded(c.secondsPerStep.high))] : null,
    c.tokensPerSecond ? [t("cost.tokens"), rounded(c.tokensPerSecond)] : null,
    c.samplesPerSecond ? [t("cost.samples"), rounded(c.samplesPerSecond)] : null,
    c.hours != null ? [t("cost.run"), hours(c.hours)] : null,
    c.rentUsd?.onDemand != null ? [t("cost.demand"), usd(c.rentUsd.onDemand)] : null,
    c.rentUsd?.spot != null ? [t("cost.spot"), usd(c.rentUsd.spot)] : null,
    c.usdPerMillionTokens != null ? [t("cost.million"), `$${rounded(c.usdPerMillionTokens)}`] : null,
    c.energyKWh != null ? [t("cost.energy"), `${rounded(c.energyKWh)} kWh`] : null,
    c.breakEvenHours != null ? [t("cost.even"), hours(c.breakEvenHours)] : null,
  ].filter(Boolean);
  const about = [c.name ?? c.gpu, c.priceDate ? t("asOf", c.priceDate) : ""].filter(Boolean).join(" · ");
  return card("cost", t("cost"), about,
    factList(rows, "facts wide"),
    c.why ? el("p", { class: "small-note", text: c.why }) : null);
}
