# The flake at `dir` with the stand-in for nixpkgs: the names it offers, the paths of its package, the example host.
{ dir }:
let
  flake = import (dir + "/flake.nix");
  nixpkgs = (import ./flake.nix).outputs { self = { }; };
  self = flake.outputs { inherit self nixpkgs; };
  package = self.packages.x86_64-linux.recipe-ci;
  example = self.nixosConfigurations.example.config;
in
{
  names = builtins.mapAttrs (_: builtins.attrNames) self // { packages = builtins.attrNames self.packages.x86_64-linux; };
  paths = { source = "${package.src}"; package = package.outPath; };
  capacity = example.systemd.services.drone-runner-exec.environment.DRONE_RUNNER_CAPACITY;
  failed = map (a: a.message) (builtins.filter (a: !a.assertion) example.assertions);
}
