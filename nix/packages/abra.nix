# abra is not in nixpkgs. A host that has it in an overlay sets services.recipe-ci.abraPackage and never builds this one.
{ lib, buildGoModule, fetchFromGitea }:
buildGoModule rec {
  pname = "abra";
  version = "0.13.0-beta";

  src = fetchFromGitea {
    domain = "git.coopcloud.tech";
    owner = "toolshed";
    repo = "abra";
    rev = version;
    # To be filled on the host: "nix build .#abra" fails once and prints the true value after "got:".
    hash = lib.fakeHash;
  };

  # Its Go modules lie in its own vendor/.
  vendorHash = null;
  subPackages = [ "cmd/abra" ];
  ldflags = [ "-s" "-w" "-X main.Version=${version}" ];

  meta = {
    description = "The Co-op Cloud command line";
    homepage = "https://git.coopcloud.tech/toolshed/abra";
    license = lib.licenses.gpl3Plus;
    mainProgram = "abra";
  };
}
