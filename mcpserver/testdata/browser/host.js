// A host of MCP Apps made of the official parts: a client of the server, and
// the bridge to the page in its sandbox. The test drives it from outside.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { AppBridge, PostMessageTransport, RESOURCE_MIME_TYPE, getToolUiResourceUri } from "@modelcontextprotocol/ext-apps/app-bridge";

// The policy that a host must apply where a resource declares none.
const policy = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; connect-src 'none'";

const seen = { initialized: 0, sizes: [], contexts: [], mime: "", uri: "" };
window.seen = seen;

/** Shows the app of a tool after a call with these arguments. */
window.show = async (server, name, args, context, capabilities) => {
  const client = new Client({ name: "test host", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(server + "/mcp")));
  const { tools } = await client.listTools();
  const tool = tools.find((t) => t.name === name);
  seen.uri = getToolUiResourceUri(tool);
  const { contents } = await client.readResource({ uri: seen.uri });
  seen.mime = contents[0].mimeType;
  seen.official = RESOURCE_MIME_TYPE;

  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.style = "width: 900px; height: 1200px; border: 0";
  document.body.append(frame);
  const bridge = new AppBridge(client, { name: "test host", version: "1" }, capabilities, { hostContext: { toolInfo: { tool }, ...context } });
  bridge.onsizechange = (size) => seen.sizes.push(size);
  bridge.onupdatemodelcontext = async (params) => { seen.contexts.push(params); return {}; };
  bridge.onrequestdisplaymode = async ({ mode }) => { seen.mode = mode; return { mode }; };
  const initialized = new Promise((resolve) => { bridge.oninitialized = () => { seen.initialized++; resolve(); }; });
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  frame.srcdoc = contents[0].text.replace("<head>", `<head><meta http-equiv="Content-Security-Policy" content="${policy}">`);
  await initialized;
  await bridge.sendToolInput({ arguments: args });
  const result = await client.callTool({ name, arguments: args });
  await bridge.sendToolResult(result);
  window.bridge = bridge;
  seen.app = bridge.getAppVersion();
  return result.structuredContent.estimate.totalBytes;
};
