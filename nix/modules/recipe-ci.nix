# recipe-ci, its settings and its folders on a host with Docker.
{ config, lib, pkgs, ... }:
let
  cfg = config.services.recipe-ci;
  folder = path: "d ${path} 0755 root root - -";
in
{
  options.services.recipe-ci = {
    enable = lib.mkEnableOption "recipe-ci, which proves Co-op Cloud recipes on this host's Swarm";

    abraPackage = lib.mkOption {
      type = lib.types.package;
      default = pkgs.callPackage ../packages/abra.nix { };
      defaultText = lib.literalExpression "pkgs.callPackage ../packages/abra.nix { }";
      description = "The abra that runs call.";
    };

    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.callPackage ../packages/recipe-ci.nix { abra = cfg.abraPackage; };
      defaultText = lib.literalExpression "pkgs.callPackage ../packages/recipe-ci.nix { abra = cfg.abraPackage; }";
      description = "The recipe-ci that is installed.";
    };

    settings = lib.mkOption {
      description = "/etc/recipe-ci/config.yml; every key is in docs/operating.md.";
      default = { };
      type = lib.types.submodule {
        freeformType = lib.types.attrsOf lib.types.anything;
        options = {
          domain = lib.mkOption {
            type = lib.types.str;
            description = "Wildcard suffix, used by CI alone.";
          };
          lockDir = lib.mkOption {
            type = lib.types.path;
            default = "/run/lock";
            description = "One lock dir for each engine and domain.";
          };
          runsDir = lib.mkOption {
            type = lib.types.path;
            default = "/var/lib/cc-ci-runs";
            description = "One folder a run, with its record.";
          };
          stateDir = lib.mkOption {
            type = lib.types.path;
            default = "/var/lib/ci-warm";
            description = "Canonicals, mirrors, leases.";
          };
          teardownMinutes = lib.mkOption {
            type = lib.types.ints.positive;
            default = 10;
            description = "Minutes that a teardown may take. The Drone runner's unit waits as long when it is stopped.";
          };
        };
      };
    };
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package cfg.abraPackage ];
    # JSON is YAML.
    environment.etc."recipe-ci/config.yml".text = builtins.toJSON cfg.settings + "\n";

    virtualisation.docker.enable = true;
    # A Swarm does not work with it.
    virtualisation.docker.liveRestore = false;

    # "d" makes a folder and leaves what is in it. "D" and RuntimeDirectory would empty the lock dir under living runs:
    # a new file at an old path is another lock. NixOS makes /run/lock itself.
    systemd.tmpfiles.rules =
      lib.optional (cfg.settings.lockDir != "/run/lock") (folder cfg.settings.lockDir)
      ++ map folder [ cfg.settings.runsDir cfg.settings.stateDir ];
  };
}
