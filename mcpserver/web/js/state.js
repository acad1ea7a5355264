// What is chosen: the mode, its arguments, the answer; and the address that
// holds them. Arguments are those the person gave, nothing else.

const state = {
  mode: modeOf("advanced/nlp") ?? ALL_MODES[0],
  medium: "image",
  args: {},
  panel: "basic",
  answer: null, // the last valid answer
  whole: false, // whether it holds advice, GPUs and cost, or figures alone
  validation: null, // of the last answer, valid or not
  refusal: "", // the summary of a refusal, if that was the last answer
  problem: "", // why there was no answer at all
  busy: false,
};

/** Arguments that a mode was left with, by path and medium. */
const left = new Map();
const keyOf = (mode, medium) => (mode.media ? `${mode.path}/${medium}` : mode.path);

/** Goes to a mode, with the arguments it was left with or starts with. */
function enter(mode, wanted = state.medium, args) {
  const medium = mode.media && !mode.media.includes(wanted) ? mode.media[0] : wanted;
  if (Object.keys(state.args).length > 0) left.set(keyOf(state.mode, state.medium), state.args);
  state.mode = mode;
  state.medium = mode.media ? medium : state.medium;
  state.args = args ?? left.get(keyOf(mode, medium)) ?? startOf(mode, medium);
}

/** Sets or, with undefined, takes back an argument. */
function assign(name, value) {
  const args = { ...state.args };
  if (value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) delete args[name];
  else args[name] = value;
  state.args = args;
}

/**
 * The arguments of a call: what is given, what the mode fixes, how much the
 * answer tells, and the language, which every calculator takes.
 */
function callArguments(detail, args = state.args) {
  const call = { ...args, ...state.mode.fixed };
  if (detail) call.detail = detail;
  if (language !== "en") call.language = language;
  return call;
}

/** The type of model that decides which arguments apply. */
function kindNow() {
  return state.mode.fixed.modelType ?? state.args.modelType ?? findModel(state.args.modelId)?.modelType
    ?? assumed("modelType") ?? state.mode.kinds[0];
}

/** The method that decides which arguments apply, undefined while not known. */
const methodNow = () => state.args.fineTuningMethod ?? assumed("fineTuningMethod");

/** A value that the tool assumed, undefined where it did not say. */
function assumed(name) {
  return state.answer?.assumptions?.find((a) => a.argument === name)?.value;
}

/** Whether an argument says something of the run as it is. */
function applies(argument) {
  if (argument.name in state.args) return true;
  if (argument.modelTypes && !argument.modelTypes.includes(kindNow())) return false;
  const method = methodNow();
  if (argument.methods && method && !argument.methods.includes(method)) return false;
  const media = Object.values(MEDIA).some((names) => names.includes(argument.name));
  return !(state.mode.media && media && !MEDIA[state.medium].includes(argument.name));
}

/** The address after # that holds the configuration. */
function address() {
  const query = new URLSearchParams();
  if (state.mode.media) query.set("medium", state.medium);
  for (const [name, value] of Object.entries(state.args)) {
    query.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  return `#/${state.mode.path}?${query}`;
}

/** Reads an address; false where it holds none. */
function restore(hash) {
  const [, path, query] = /^#\/([a-z]+\/[a-z]+)(?:\?(.*))?$/.exec(hash) ?? [];
  const mode = modeOf(path);
  if (!mode) return false;
  const given = new URLSearchParams(query);
  const types = new Map(argumentsOf(mode).map((a) => [a.name, a.type]));
  const medium = given.get("medium") in MEDIA ? given.get("medium") : "image";
  given.delete("medium");
  const args = {};
  for (const [name, text] of given) args[name] = types.get(name) === "string" ? text : parsed(text);
  enter(mode, medium, given.size ? args : undefined);
  return true;
}

/** JSON where it is, else the text. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A store that browsers may refuse, in a sandbox for one. */
const store = {
  read(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`vramcalc.${key}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(`vramcalc.${key}`, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
};
