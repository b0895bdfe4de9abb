# The options of NixOS that nix/modules sets, declared so that they can be evaluated without NixOS.
{ lib, ... }:
let
  free = lib.mkOption { type = lib.types.attrsOf lib.types.anything; default = { }; };
  list = lib.mkOption { type = lib.types.listOf lib.types.anything; default = [ ]; };
in
{
  options = {
    assertions = list;
    environment = { systemPackages = list; etc = free; };
    networking.hostName = lib.mkOption { type = lib.types.str; default = "nixos"; };
    nixpkgs.config = free;
    system.stateVersion = lib.mkOption { type = lib.types.str; };
    systemd = { tmpfiles.rules = list; services = free; };
    virtualisation.docker = {
      enable = lib.mkOption { type = lib.types.bool; default = false; };
      liveRestore = lib.mkOption { type = lib.types.bool; default = true; };
    };
  };
}
