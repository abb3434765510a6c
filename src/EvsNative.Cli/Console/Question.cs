namespace EvsNative.Cli;

/// <summary>A question to whoever sits at the terminal.</summary>
internal static class Question
{
    /// <summary>Whether somebody sees a question and can answer it.</summary>
    public static bool CanBeAsked => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>Asks on the error stream and waits for a line. Only a clear yes is one.</summary>
    /// <param name="question">what is asked</param>
    /// <param name="answers">where the answer comes from; its end is a no</param>
    public static bool Ask(string question, TextReader answers)
    {
        Screen.Error.Write($"{Faults.Line(question)} (y/N) ");
        string? answer = answers.ReadLine();
        if (answer is null) Screen.Error.WriteLine();
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
