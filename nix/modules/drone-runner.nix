# Drone's exec runner, which starts recipe-ci as the step of a build. maxTests is the one place that says how many at once.
{ config, lib, pkgs, ... }:
let
  cfg = config.services.drone-runner;
  harness = config.services.recipe-ci;
  unit = config.systemd.services.drone-runner-exec;

  capacity = toString cfg.maxTests;
  # Everything in the control group is told to stop at once; a run needs its teardown's time, and the record a little more.
  stopSeconds = harness.settings.teardownMinutes * 60 + 60;

  tools = pkgs.callPackage ../tools.nix { abra = harness.abraPackage; };

  line = name: value: "${name}=${value}\n";
  stepFile = pkgs.writeText "drone-step-environment" (lib.concatStringsSep "" (lib.mapAttrsToList line cfg.stepEnvironment));
  # The runner's reader of that file knows quotes, comments and variables; what needs none of them is never misread.
  isPlain = value: builtins.match "[A-Za-z0-9_./:,@%+=-]*" value != null;
  notPlain = builtins.filter (name: !isPlain cfg.stepEnvironment.${name}) (builtins.attrNames cfg.stepEnvironment);

  # The secrets' file is read when the unit starts, so only then can it be seen to hold a second capacity.
  oneKnob = pkgs.writeShellScript "one-knob" ''
    [ "$DRONE_RUNNER_CAPACITY" = ${capacity} ] && exit 0
    echo "Cannot start: the environment file sets DRONE_RUNNER_CAPACITY to \"$DRONE_RUNNER_CAPACITY\", services.drone-runner.maxTests is ${capacity}" >&2
    exit 1
  '';

  knobAt = place: "${place} sets DRONE_RUNNER_CAPACITY: leave it out and set services.drone-runner.maxTests, which is the only place for it";
in
{
  options.services.drone-runner = {
    enable = lib.mkEnableOption "Drone's exec runner for recipe-ci";

    package = lib.mkPackageOption pkgs "drone-runner-exec" { };

    maxTests = lib.mkOption {
      type = lib.types.ints.positive;
      default = 2;
      description = "How many recipes are tested at once; Drone queues the rest. A cancelled run that still tears down does not count.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.str;
      example = "/run/secrets/drone-runner";
      description = "File of this host, outside the store, that holds DRONE_RPC_SECRET=….";
    };

    settings = lib.mkOption {
      type = lib.types.attrsOf lib.types.str;
      default = { };
      example = { DRONE_RPC_HOST = "drone.example.org"; DRONE_RPC_PROTO = "https"; };
      description = "The runner's own variables.";
    };

    stepEnvironment = lib.mkOption {
      type = lib.types.attrsOf lib.types.str;
      default = { };
      example = { CCCI_KEEP_RUNS = "500"; };
      description = "What every step finds in its environment, unless a build parameter says otherwise. The unit's own variables do not reach it.";
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = harness.enable;
        message = "services.drone-runner needs services.recipe-ci.enable: it starts nothing else";
      }
      {
        assertion = !(cfg.settings ? DRONE_RUNNER_CAPACITY);
        message = knobAt "services.drone-runner.settings";
      }
      {
        assertion = !(cfg.stepEnvironment ? DRONE_RUNNER_CAPACITY);
        message = knobAt "services.drone-runner.stepEnvironment";
      }
      {
        assertion = unit.environment.DRONE_RUNNER_CAPACITY == capacity;
        message = knobAt "systemd.services.drone-runner-exec.environment";
      }
      {
        # Whatever is in the store, everybody can read.
        assertion = builtins.match "${builtins.storeDir}/.*" cfg.environmentFile == null;
        message = "services.drone-runner.environmentFile lies in the store: name a file of the host, as a string";
      }
      {
        assertion = notPlain == [ ];
        message = "services.drone-runner.stepEnvironment.${lib.concatStringsSep ", " notPlain}: only letters, digits and _ . / : , @ % + = - are written to the runner's file unharmed";
      }
      {
        # A reboot waits 30 minutes. A stop can take two periods: one for the runner, one for what outlives it.
        assertion = 2 * stopSeconds < 30 * 60;
        message = "services.recipe-ci.settings.teardownMinutes is ${toString harness.settings.teardownMinutes}: at most 13 are left to it when the machine reboots";
      }
    ];

    systemd.services.drone-runner-exec = {
      description = "Drone exec runner";
      wantedBy = [ "multi-user.target" ];
      wants = [ "network-online.target" ];
      # The stop order is the reverse: a teardown still has Docker and the network.
      after = [ "network-online.target" "docker.service" ];
      requires = [ "docker.service" ];
      # A rebuild would abort every run. Drain it first, by hand: docs/operating.md.
      restartIfChanged = false;

      # Of the unit's environment the runner hands PATH and USER to a step, and nothing else.
      path = [ harness.package ] ++ tools;
      environment = {
        # Builds of pull requests have no business on the host.
        DRONE_LIMIT_EVENTS = "custom,push";
        DRONE_HTTP_BIND = "127.0.0.1:3000";
      } // cfg.settings // {
        DRONE_RUNNER_CAPACITY = capacity;
        DRONE_RUNNER_ENVFILE = "${stepFile}";
      };

      serviceConfig = {
        Type = "exec";
        ExecStartPre = "${oneKnob}";
        ExecStart = lib.getExe cfg.package;
        EnvironmentFile = cfg.environmentFile;
        Restart = "always";
        RestartSec = 5;
        # It leaves with 1 after a clean TERM.
        SuccessExitStatus = 1;
        # TERM to all: the harnesses tear down while the runner drains. "mixed" would SIGKILL, as soon as the runner is
        # gone, a cancelled run that still tears down.
        KillMode = "control-group";
        KillSignal = "SIGTERM";
        TimeoutStopSec = stopSeconds;
        # One child out of memory must not stop the unit, and with it all other runs.
        OOMPolicy = "continue";
      };
    };
  };
}
