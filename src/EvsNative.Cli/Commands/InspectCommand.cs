using System.CommandLine;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Recipes;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli;

/// <summary><c>evsnative inspect</c>: what a file or folder is, and what it goes with.</summary>
internal static class InspectCommand
{
    /// <summary>As it is called, and what the program's help says of it.</summary>
    public const string Name = "inspect";

    public const string About =
        "Says what a file or folder is: kind, family, types, sizes, hashes, metadata, what it goes with.";

    public static Command Create(CancellationToken stop)
    {
        var path = new Argument<string?>("path") { Arity = ArgumentArity.ZeroOrOne };
        var tensors = new Option<bool>("--tensors") { Description = "list the tensors: type, dimensions, bytes, name" };
        var match = new Option<string?>("--match") { Description = "list only tensors whose names hold this text" };
        var hash = new Option<bool>("--hash")
        {
            Description = "read large files whole, for their SHA-256; files below 200 MB are always hashed",
        };
        var json = new Option<bool>("--json") { Description = "for scripts: one JSON object on the output" };
        var command = new Command(Name, About) { path, tensors, match, hash, json };
        command.SetAction(said =>
        {
            string? given = said.GetValue(path);
            if (string.IsNullOrWhiteSpace(given))
                throw new InputException(InputCode.NotGiven, "a path is missing: name a file, a folder, or owner/name");
            var request = new InspectionRequest(given)
            {
                ListsTensors = said.GetValue(tensors) || said.GetValue(match) is not null,
                Match = said.GetValue(match),
                Hashes = said.GetValue(hash),
            };
            return WithinReach.Do(() => Run(request, said.GetValue(json), stop), stop);
        });
        return command;
    }

    private static int Run(InspectionRequest request, bool json, CancellationToken stop)
    {
        var found = RunProgress.Watch(json || !request.Hashes, (progress, _) => Inspector.Inspect(
            request, share => progress?.Report(new RunStatus(RunPart.Refine, "hashing", share)), stop));
        var recipe = RecipeReader.Find(request.Path, stop);
        if (json) ScriptOutput.Write(found, "recipe", recipe);
        else Screen.Show(InspectionPage.Lines(found).Concat(RecipePage.Lines(request.Path, recipe)));
        return 0;
    }
}
