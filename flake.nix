{
  description = "Proves a Co-op Cloud recipe on a real Docker Swarm";

  # No flake.lock is kept here: the host that builds makes it ("nix flake lock") and keeps it.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  # The names below are what hosts refer to. Files of nix/ may move; these names may not.
  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      forEach = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      packages = forEach (pkgs: rec {
        abra = pkgs.callPackage ./nix/packages/abra.nix { };
        recipe-ci = pkgs.callPackage ./nix/packages/recipe-ci.nix { inherit abra; };
        default = recipe-ci;
      });

      nixosModules = {
        recipe-ci = ./nix/modules/recipe-ci.nix;
        drone-runner = ./nix/modules/drone-runner.nix;
        default = { imports = [ ./nix/modules/recipe-ci.nix ./nix/modules/drone-runner.nix ]; };
      };

      nixosConfigurations.example = nixpkgs.lib.nixosSystem {
        modules = [ self.nixosModules.default ./nix/hosts/example/configuration.nix ];
      };

      formatter = forEach (pkgs: pkgs.nixfmt);
    };
}
