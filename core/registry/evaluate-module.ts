import { pathToFileURL } from "node:url";
import { createJiti, type Jiti } from "jiti";
import * as sdk from "../../sdk/index.js";

/**
 * Evaluates modules of a user's: TypeScript and JavaScript alike, without a build. Wherever they are, `sluice/sdk` is
 * the SDK that runs: not another copy of it that an npm folder may hold.
 */
export function moduleEvaluator(dir: string): Pick<Jiti, "import" | "esmResolve"> {
  return createJiti(pathToFileURL(`${dir}/`).href, {
    // Its cache would be a folder that other users of the machine may write.
    fsCache: false,
    interopDefault: false,
    sourceMaps: true,
    virtualModules: { "sluice/sdk": sdk },
  });
}
