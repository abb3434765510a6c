using System.Text;
using System.Text.Json;
using EvsNative.Cli;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Layers;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Fuzz.Targets;

/// <summary>Whole command lines. None of them does any work: plans are made of the smallest fake model, all else lacks something.</summary>
internal sealed class CommandTarget() : FuzzTarget("command", "command lines of every command, in random words", 800)
{
    private const string File = "line.txt", Complaint = "evsnative: ";
    private static readonly string[] Options =
        ["--json", "--", "-o", "--help", "--version", "-h", "--layout", "--type", "--mdoel", "-x", "@x", "[suggest]"];

    private static readonly string[] Plan =
        ["plan", "--fake-weights", "tiny", "--size", "64x64", "--frames", "2", "--image-steps", "5", "--device", "cpu"];

    /// <inheritdoc/>
    public override long UsualBytes => FuzzLimits.DryRunsBytes;

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound =>
        [[Of(Plan)], [Of([.. Plan, "--json"])], [Of(["--help"])], [Of(["plan", "--help", "all"])]];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        List<string> line = dice.Below(8) switch
        {
            0 => ["refine", "--model", "nosuch"],
            1 => ["weights", "synthesize", "--size", "nosuch"],
            2 => [.. dice.Shuffle(["refine", "plan", "doctor", "weights", "nosuch"]).Take(dice.Below(2)), "--nosuch"],
            _ => [.. Plan],
        };
        for (int left = dice.Few(); left > 0; left--)
        {
            var setting = dice.Pick(SettingTable.All);
            if (setting == DeviceSettings.Device || setting == DeviceSettings.Threads) continue;
            int old = line.IndexOf($"--{setting.Name}");
            if (old >= 0) line.RemoveRange(old, setting.IsFlag ? 1 : 2);
            string word = SettingTarget.Word(dice, setting);
            line.AddRange(setting.IsFlag ? [$"--{setting.Name}"] : setting.IsPositional ? [word] : [$"--{setting.Name}", word]);
        }

        if (dice.OneIn(4)) line.Insert(dice.Below(line.Count + 1), dice.OneIn(2) ? dice.Pick(Options) : Absurd.Word(dice));
        return [Of(line)];
    }

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        string[] line = System.IO.File.ReadAllText(Path.Combine(folder, File)).Split('\n');
        var (output, error) = (Console.Out, Console.Error);
        string here = Environment.CurrentDirectory;
        using StringWriter said = new(), complained = new();
        int code;
        try
        {
            Environment.CurrentDirectory = folder;
            Console.SetOut(said);
            Console.SetError(complained);
            code = CommandLine.Run(line);
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
            Environment.CurrentDirectory = here;
        }

        Check(code, line.Contains("--json"), said.ToString(), complained.ToString().TrimEnd().Split('\n'));
    }

    private static FuzzFile Of(IEnumerable<string> line) =>
        new(File, Encoding.UTF8.GetBytes(string.Join('\n', line.Select(word => word.Replace('\n', ' ')))));

    private static void Check(int code, bool isScript, string said, string[] complained)
    {
        BrokenPromiseException.Unless(code is 0 or Faults.UnusableInput, $"exit code {code}: {complained[0]}");
        foreach (string line in complained.Where(line => line.Length > 0))
        {
            bool isOurs = new[] { Complaint, "  " }.Any(start => line.StartsWith(start, StringComparison.Ordinal));
            BrokenPromiseException.Unless(isOurs, line);
            BrokenPromiseException.Unless(Judge.Fault(line) is null, $"{Judge.Fault(line)}: {line}");
        }

        if (isScript && said.Length > 0 && said[0] == '{') JsonDocument.Parse(said).Dispose();
        if (code == 0) return;
        BrokenPromiseException.Unless(complained[0].StartsWith(Complaint, StringComparison.Ordinal), "refused without a word");
        throw new InputException(InputCode.UnknownWord, complained[0][Complaint.Length..]);
    }
}
