// The menus. A mode is a tool with some arguments fixed; a mode whose tool the
// server does not have is not shown.

const DATA = JSON.parse(byId("data").textContent);
const MODELS = DATA.models.models;
const GPUS = DATA.gpus.gpus;
const TOOLS = new Map(DATA.tools.map((tool) => [tool.name, tool]));
const FLAGSHIP = "calculate_advanced_finetuning_vram";
const MULTIMODAL = "calculate_multimodal_vram";

const advancedMode = (kind) => ({ id: kind, tool: FLAGSHIP, fixed: { modelType: kind }, kinds: [kind] });
const multimodalMode = (mode) => ({
  id: mode, tool: MULTIMODAL, fixed: { mode }, kinds: ["multimodal"],
  media: ["image", "video", "audio"].filter((m) => PRESETS.some((p) => p.mode === `multimodal/${mode}` && p.medium === m)),
});
const languageMode = (id, tool) => ({ id, tool, fixed: {}, kinds: ["nlp", "moe"] });

const MENUS = [
  { id: "language", modes: [
    languageMode("inference", "calculate_inference_vram"),
    languageMode("training", "calculate_training_vram"),
    languageMode("finetuning", "calculate_finetuning_vram"),
    languageMode("grpo", "calculate_grpo_vram"),
  ] },
  { id: "multimodal", modes: ["inference", "training", "finetuning"].map(multimodalMode) },
  { id: "advanced", modes: ["nlp", "multimodal", "moe", "cnn"].map(advancedMode) },
].map((menu) => ({ ...menu, modes: menu.modes.filter((m) => TOOLS.has(m.tool)).map((m) => ({ ...m, path: `${menu.id}/${m.id}` })) }))
  .filter((menu) => menu.modes.length > 0);

const ALL_MODES = MENUS.flatMap((menu) => menu.modes);

/** The arguments that say what a sample holds; a medium shows its own. */
const MEDIA = {
  image: ["imageResolution", "imageWidth", "imageHeight", "imagesPerSample", "imageTiles"],
  video: ["videoFrames", "imagesPerSample", "imageResolution", "imageWidth", "imageHeight", "imageTiles"],
  audio: ["audioSeconds"],
};

/** The mode of a path such as advanced/moe, else undefined. */
const modeOf = (path) => ALL_MODES.find((m) => m.path === path);

/** The menu of a mode. */
const menuOf = (mode) => MENUS.find((menu) => menu.modes.includes(mode));

/** The published arguments of a mode's tool. */
const argumentsOf = (mode) => TOOLS.get(mode.tool).arguments;

/** What a mode starts with. */
function startOf(mode, medium) {
  const preset = PRESETS.find((p) => p.mode === mode.path && (!mode.media || p.medium === medium));
  return { ...(preset?.args ?? { modelId: MODELS.find((m) => mode.kinds.includes(m.modelType)).id }) };
}

/** The mode that shows a call of a tool with these arguments. */
function modeFor(tool, args) {
  const own = ALL_MODES.filter((m) => m.tool === tool);
  const kind = args.modelType ?? findModel(args.modelId)?.modelType;
  return own.find((m) => m.fixed.modelType === kind) ?? own.find((m) => m.fixed.mode === args.mode) ?? own[0];
}

const fold = (text) => String(text).toLowerCase().replace(/[\s\-_./:]/g, "");

/** A catalogue model by id, name or Hugging Face id. */
function findModel(name) {
  if (!name) return undefined;
  const key = fold(name);
  return MODELS.find((m) => [m.id, m.name, m.huggingFaceId ?? ""].some((n) => fold(n) === key));
}

/** A catalogue GPU by id or name. */
function findGpu(name) {
  if (!name) return undefined;
  const key = fold(name);
  return GPUS.find((g) => fold(g.id) === key || fold(g.name) === key);
}
