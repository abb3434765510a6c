using System.CommandLine;
using System.Globalization;
using EvsNative.Layers;
using EvsNative.Pipelines.Hub;
using EvsNative.Pipelines.Runs;
using Spectre.Console;

namespace EvsNative.Cli;

/// <summary><c>evsnative pull</c>: fetches models into the hub's cache, where options for models find them by their names.</summary>
internal static class PullCommand
{
    /// <summary>As it is called, and what the program's help says of it.</summary>
    public const string Name = "pull";

    public const string About =
        "Fetches a model into the hub's cache, where --model and others find it by its name (HF_TOKEN, HF_HUB_CACHE).";

    private const string Stays = "stopped; what was fetched stays, and the same command goes on from there";

    public static Command Create(NoticeLog told, CancellationToken stop)
    {
        var name = new Argument<string?>("name")
        {
            Description = "a known model, owner/name, owner/name/file, or the address of its page",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var list = new Option<bool>("--list") { Description = "the known models: licence, size, what for" };
        var revision = new Option<string?>("--revision") { Description = "a branch, a tag or a commit; default: the main branch" };
        var variant = new Option<string?>("--variant") { Description = "a variant of the weights, such as fp16; default: the largest" };
        var endpoint = new Option<string?>("--endpoint") { Description = "a hub's address; default: HF_ENDPOINT, else the public hub" };
        var accept = new Option<bool>("--accept-licence")
        {
            Description = "accept a licence that limits what may be done with the model; otherwise it is shown and asked about",
        };
        var json = new Option<bool>("--json") { Description = "for scripts: one JSON object on the output" };
        var command = new Command(Name, About) { name, list, revision, variant, endpoint, accept, json };
        command.SetAction(said =>
        {
            bool isScript = said.GetValue(json);
            if (said.GetValue(list)) return List(isScript);
            var request = new PullRequest(said.GetValue(name) ?? throw new InputException(
                InputCode.NotGiven, "pull needs a name: evsnative pull owner/name; 'evsnative pull --list' lists known models"))
            {
                Revision = said.GetValue(revision),
                Variant = said.GetValue(variant),
                Endpoint = said.GetValue(endpoint),
                AcceptsLicence = said.GetValue(accept),
            };
            return Stoppable(() => Run(request, isScript, told, stop), isScript, told, stop);
        });
        return command;
    }

    private static int Stoppable(Func<int> run, bool isScript, NoticeLog told, CancellationToken stop)
    {
        try
        {
            return WithinReach.Do(run, stop);
        }
        catch (OperationCanceledException)
        {
            return Faults.Report(new Fault(Faults.Stopped, "stopped", Stays, []), isScript, told.All);
        }
    }

    private static int Run(PullRequest request, bool isScript, NoticeLog told, CancellationToken stop)
    {
        if (!isScript && !request.AcceptsLicence && Question.CanBeAsked) request = Accepted(request, stop);
        var pulled = RunProgress.Watch(isScript, (watcher, say) => HubPull.Run(
            request,
            watcher is null ? null : new Shown(watcher),
            notice =>
            {
                told.Add(notice);
                say(notice);
            },
            stop));
        if (isScript)
        {
            ScriptOutput.Write(new
            {
                pulled.Name,
                pulled.Commit,
                pulled.Licence,
                pulled.Terms,
                pulled.Path,
                pulled.Bytes,
                pulled.FetchedBytes,
                pulled.Seconds,
                pulled.Files,
                warnings = Faults.Words(told.All),
            });
            return 0;
        }

        int fetched = pulled.Files.Count(file => !file.WasThere);
        string what = fetched == 0 ? "everything was there" : string.Create(
            CultureInfo.InvariantCulture, $"{fetched} of {pulled.Files.Count} files, {Size(pulled.FetchedBytes)} in {pulled.Seconds:F0} s");
        Screen.Show(
            $"{pulled.Name}: {what}",
            $"licence: {pulled.Terms ?? pulled.Licence ?? "none is named: see the model's page"}",
            $"in {pulled.Path}",
            $"use it as {pulled.Use ?? "--model, --motion, --vae or --lora"} {pulled.Name}");
        return 0;
    }

    /// <summary>Shows a licence that limits what may be done, if something of that kind is to be fetched, and asks.</summary>
    /// <exception cref="InputException">it is not accepted</exception>
    private static PullRequest Accepted(PullRequest request, CancellationToken stop)
    {
        var terms = RunProgress.Watch(
            isQuiet: false, (watcher, _) => HubPull.Terms(request, watcher is null ? null : new Shown(watcher), stop));
        if (terms is null) return request;
        Faults.Say($"{terms.Licence}; see {terms.Page}");
        return Question.Ask($"accept it and fetch {terms.Name}, {Size(terms.Bytes)}?", Console.In)
            ? request with { AcceptsLicence = true }
            : throw new InputException(InputCode.NotAccepted, $"{terms.Name}: its licence was not accepted, so nothing was fetched");
    }

    private static int List(bool isScript)
    {
        if (isScript)
        {
            ScriptOutput.Write(new
            {
                models = KnownModels.All.Select(known => new
                {
                    name = known.Word,
                    place = known.Place?.ToString(),
                    known.Licence,
                    known.Terms,
                    known.About,
                    known.Use,
                    known.Bytes,
                    known.Sha256,
                    known.Page,
                    known.Elsewhere,
                }),
            });
            return 0;
        }

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("name", "what for", "size", "licence", "from");
        foreach (var known in KnownModels.All)
        {
            string[] cells =
            [
                known.Word, $"{known.Use}: {known.About}", known.Bytes is { } bytes ? Size(bytes) : "", known.Licence ?? "see its page",
                known.Place?.ToString() ?? known.Page ?? "",
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        Screen.Draw(console => console.Write(table));
        return 0;
    }

    private static string Size(long bytes) => bytes switch
    {
        >= 1_000_000_000 => (bytes / 1e9).ToString("F2", CultureInfo.InvariantCulture) + " GB",
        >= 1_000_000 => (bytes / 1e6).ToString("F1", CultureInfo.InvariantCulture) + " MB",
        _ => (bytes / 1e3).ToString("F1", CultureInfo.InvariantCulture) + " KB",
    };

    /// <summary>A pull's status as the bar shows it.</summary>
    private sealed class Shown(IProgress<RunStatus> bar) : IProgress<PullStatus>
    {
        public void Report(PullStatus value)
        {
            string rate = value.BytesPerSecond > 0 ? $", {Size((long)value.BytesPerSecond)}/s" : "";
            string amount = value.Bytes > 0 ? $" {Size(value.Done)} of {Size(value.Bytes)}{rate}" : "";
            string file = InputText.Short(value.What, Math.Max(20, 58 - amount.Length));
            double share = value.Bytes > 0 ? Math.Clamp((double)value.Done / value.Bytes, 0, 1) : 0;
            bar.Report(new RunStatus(RunPart.Refine, file + amount, share));
        }
    }
}
