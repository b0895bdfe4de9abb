# The modules on a host, with what `overrides` adds to it. With the true lib of nixpkgs in libPath, the same.
{ libPath ? ./lib-stub.nix, overrides ? { } }:
let
  lib = import ./lib-rest.nix (import libPath);
  pkgs = import ./packages.nix { inherit lib; };
  host = {
    services.recipe-ci = { enable = true; settings.domain = "ci.example.org"; };
    services.drone-runner = { enable = true; environmentFile = "/run/secrets/drone-runner"; };
  };
  inherit (lib.evalModules {
    modules = [ ./options.nix ../../nix/modules/recipe-ci.nix ../../nix/modules/drone-runner.nix host overrides ];
    # Files that the modules write stand here as their text.
    specialArgs.pkgs = pkgs // { writeText = _: text: text; writeShellScript = _: text: text; };
  }) config;
  unit = config.systemd.services.drone-runner-exec;
in
{
  failed = map (a: a.message) (builtins.filter (a: !a.assertion) config.assertions);
  settings = (config.environment.etc."recipe-ci/config.yml" or { text = ""; }).text;
  installed = map (package: package.name) config.environment.systemPackages;
  tmpfiles = config.systemd.tmpfiles.rules;
  docker = { inherit (config.virtualisation.docker) enable liveRestore; };
  unit = unit // { path = map (package: package.name) unit.path; };
}
