/** Bottleneck without its Redis parts, which its own types leave out. */
declare module "bottleneck/light.js" {
  export { default } from "bottleneck";
}
