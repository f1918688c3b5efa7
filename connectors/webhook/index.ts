import { defineSource } from "../../sdk/index.js";
import { webhookConfig } from "./config.js";
import { openWebhook } from "./open.js";

/** Events that others post: `sluice receive` keeps them in a folder, a sync takes them from there. */
export default defineSource({
  name: "webhook",
  title: "Webhooks",
  config: webhookConfig,
  open: openWebhook,
});
