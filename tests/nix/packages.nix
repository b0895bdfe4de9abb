# Stands in for nixpkgs: a package is a name and a path, a build is a derivation that nobody builds.
{ lib }:
let
  fake = name: { type = "derivation"; outPath = "/stub/${name}"; meta.mainProgram = name; inherit name; };

  # What makes a store path: every attribute that a builder would see.
  built = name: attributes: derivation ({
    inherit name;
    system = "x86_64-linux";
    builder = "/bin/sh";
  } // removeAttrs attributes [ "meta" "passthru" "name" ]) // { meta = attributes.meta or { }; inherit attributes; };

  packages = {
    inherit lib callPackage;
    stdenv.mkDerivation = attributes: built "${attributes.pname}-${attributes.version}" attributes;
    buildGoModule = make: let attributes = if builtins.isFunction make then make attributes else make; in built attributes.pname (removeAttrs attributes [ "vendorHash" ]);
    fetchFromGitea = attributes: built "source" { inherit (attributes) domain owner repo rev hash; };
    runCommand = name: attributes: script: built name (attributes // { inherit script; });
    writeText = name: text: built name { inherit text; };
    writeShellScript = name: text: "/stub/script/${name}";
  } // builtins.listToAttrs (map (name: { inherit name; value = fake name; }) [
    "bash" "cacert" "coreutils" "curl" "docker-client" "drone-runner-exec" "findutils" "git" "git-lfs" "gnugrep" "gnused"
    "gnutar" "gzip" "makeWrapper" "nixfmt" "nodejs" "openssh" "openssl" "python3" "util-linux"
  ]);

  callPackage = file: arguments:
    let function = import file; in
    function (builtins.intersectAttrs (builtins.functionArgs function) packages // arguments);
in
packages
