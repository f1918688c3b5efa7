import { lookup as resolve } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { ConfigError } from "../errors.js";
import { isLinkLocal, isPrivateAddress } from "./private-address.js";

/**
 * Keeps requests away from where a stranger's URL must not lead: private networks, this machine, a cloud's metadata.
 * It judges the address that is connected to, not the name: what a name resolves to may change between two looks.
 */
export interface AddressGuard {
  /** Refuses a URL whose host is a forbidden address: such a host is never looked up. */
  refuse(url: URL): void;
  /** Looks a name up for the connection and refuses what it must not lead to. */
  readonly lookup: LookupFunction;
}

export interface GuardOptions {
  /** Hosts whose addresses may be private, link-local ones excepted: the host of a base URL that the user wrote. */
  readonly ownHosts?: readonly string[];
  /** Hosts that may lead anywhere. */
  readonly allowedHosts?: readonly string[];
}

/** A guard. Its refusals are ConfigErrors `http.address_refused` that name the host and never the way around. */
export function addressGuard({ ownHosts = [], allowedHosts = [] }: GuardOptions = {}): AddressGuard {
  const own = new Set(ownHosts.map(plainHost));
  const allowed = new Set(allowedHosts.map(plainHost));

  function isRefused(host: string, address: string): boolean {
    if (allowed.has(host)) return false;
    return own.has(host) ? isLinkLocal(address) : isPrivateAddress(address);
  }

  return {
    refuse(url) {
      const host = plainHost(url.hostname);
      if (isIP(host) !== 0 && isRefused(host, host)) throw refusal(host);
    },
    lookup(hostname, options, callback) {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return callback(error, []);
        const host = plainHost(hostname);
        const forbidden = addresses.some(({ address }) => isRefused(host, address));
        if (forbidden) return callback(refusal(host), []);
        if (options.all === true) return callback(null, addresses);
        const [first] = addresses;
        return callback(null, first?.address ?? "", first?.family);
      });
    },
  };
}

/** Lower case, without the brackets of an IPv6 address and the dot of the root. */
function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
}

function refusal(host: string): ConfigError {
  return new ConfigError(
    "http.address_refused",
    `'${host}' is an address inside a private network: it is not connected to`,
    {
      hint: "if it is meant, name the host in the setting for private hosts",
    },
  );
}
