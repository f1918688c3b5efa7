import { bearer, defineSource, secret, z } from "../../sdk/index.js";
import { crmObjects } from "./crm-objects.js";

const config = z.strictObject({
  access_token: secret("Token of a private app with read scopes for what is to be read: pat-…"),
  requests_per_second: z
    .number()
    .positive()
    .default(4)
    .describe("How often HubSpot is asked: lower it where other apps share the account's five searches a second"),
  base_url: z.url().default("https://api.hubapi.com").describe("The API; another one only for tests"),
});

export default defineSource({
  name: "hubspot",
  title: "HubSpot CRM",
  config,
  http: ({ access_token, requests_per_second, base_url }) => ({
    baseUrl: base_url,
    auth: bearer(access_token),
    // https://developers.hubspot.com/docs/api/usage-details: searches are limited to five a second for an account.
    rate: { perSecond: requests_per_second },
  }),
  check: ({ http }) => http.get("crm/v3/properties/contacts"),
  streams: {
    contacts: crmObjects({ object: "contacts", modified: "lastmodifieddate" }),
    companies: crmObjects({ object: "companies", modified: "hs_lastmodifieddate" }),
    deals: crmObjects({ object: "deals", modified: "hs_lastmodifieddate" }),
    tickets: crmObjects({ object: "tickets", modified: "hs_lastmodifieddate" }),
    line_items: crmObjects({ object: "line_items", modified: "hs_lastmodifieddate" }),
    products: crmObjects({ object: "products", modified: "hs_lastmodifieddate" }),
  },
});
