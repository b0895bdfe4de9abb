# The input nixpkgs of our flake, for evaluation without a network.
{
  outputs = { self }:
    let
      lib = import ./lib-rest.nix (import ./lib-stub.nix) // {
        nixosSystem = { modules }: lib.evalModules {
          modules = [ ./options.nix ] ++ modules;
          specialArgs = { inherit pkgs; };
        };
      };
      pkgs = import ./packages.nix { inherit lib; };
    in
    {
      inherit lib;
      legacyPackages = { x86_64-linux = pkgs; aarch64-linux = pkgs; };
    };
}
