# A host with one knob. Copy it beside your hardware-configuration.nix and put your own names in.
{ lib, ... }:
{
  imports = lib.optional (builtins.pathExists ./hardware-configuration.nix) ./hardware-configuration.nix;

  networking.hostName = "ci";

  services.recipe-ci = {
    enable = true;
    settings.domain = "ci.example.org";
  };

  services.drone-runner = {
    enable = true;
    maxTests = 2;
    environmentFile = "/run/secrets/drone-runner";
    settings = {
      DRONE_RPC_HOST = "drone.example.org";
      DRONE_RPC_PROTO = "https";
    };
  };

  # The runner's licence is not free.
  nixpkgs.config.allowUnfreePredicate = package: lib.getName package == "drone-runner-exec";

  system.stateVersion = "26.05";
}
