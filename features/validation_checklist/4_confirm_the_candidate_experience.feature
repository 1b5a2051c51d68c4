@checklist @G36
Feature: Confirm the candidate's experience
  Validating the integration set-up, fourth step: each mail and page the candidate meets, in order, in a real browser.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver

  Rule: Nothing between the invitation and the end needs explaining

    @ui
    Scenario: An invited candidate is led from the mail to the end page
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      And Tomas has advanced Ana to Send to Harver
      When Ana walks through the assessment in a browser, from the mail to the end
      Then Ana has met these pages in order:
        | mail         |
        | landing page |
        | terms        |
        | landing page |
        | welcome      |
        | sjt          |
        | cognitive    |
        | personality  |
        | typing       |
        | end page     |
      And iCIMS shows one result for Ana, which is complete

    @ui @G07
    Scenario: An applicant is led from the career portal to the assessment and back
      When Bilal walks through the application for "Call Centre Advisor" in a browser, assessment included
      Then Bilal has met these pages in order:
        | position        |
        | e-mail          |
        | profile         |
        | questions       |
        | assessment step |
        | landing page    |
        | welcome         |
        | sjt             |
        | cognitive       |
        | personality     |
        | typing          |
        | end page        |
        | thanks          |
      And iCIMS shows one result for Bilal, which is complete
