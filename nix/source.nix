# What the package is built from, and nothing else: an edit in docs/, tests/ or nix/ leaves its store path as it is, so a
# host that rebuilds after one changes nothing.
let
  root = ../.;
  wanted = [
    "LICENSE"
    "bin"
    "binding.gyp"
    "esbuild.config.mjs"
    "lib"
    "package-lock.json"
    "package.json"
    "tsconfig.json"
  ];
  below = builtins.stringLength (toString root) + 1;
  topOf = path: builtins.head (builtins.split "/" (builtins.substring below (-1) (toString path)));
in
builtins.path {
  name = "recipe-ci-source";
  path = root;
  filter = path: _: builtins.elem (topOf path) wanted;
}
