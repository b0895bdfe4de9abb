# What nix/ takes from lib beyond the module system: added to the stand-in, already there in the true one.
lib: {
  last = list: builtins.elemAt list (builtins.length list - 1);
  splitString = separator: text: builtins.filter builtins.isString (builtins.split separator text);
  filterAttrs = keep: set: builtins.listToAttrs (builtins.concatMap (name: if keep name set.${name} then [ { inherit name; value = set.${name}; } ] else [ ]) (builtins.attrNames set));
  escapeShellArg = text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] text}'";
  genAttrs = names: make: builtins.listToAttrs (map (name: { inherit name; value = make name; }) names);
  getName = package: package.name;
  fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  licenses.gpl3Plus = "gpl3Plus";
  platforms.linux = [ "x86_64-linux" "aarch64-linux" ];
} // lib
